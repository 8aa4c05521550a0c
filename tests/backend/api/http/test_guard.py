"""Requests of other sites, sent byte by byte to a real server: which are refused, and with which message."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.application import create_app
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.service.raw_http import send, served
from tests.support.storage.databases import create_sqlite

BOARD = "127.0.0.1:8141"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("guard")
    settings = Settings(data_dir=folder, redis_url=NO_REDIS, frontend_dir=Path("no-page"))
    create_sqlite(settings)
    app = create_app(settings)
    with served(app) as port:
        yield port
    app.state.board.database.engine.dispose()


def status(port: int, request_line: str, *headers: str) -> int:
    """Sends a request with these headers and returns the status of its response."""
    response = send(port, "\r\n".join([f"{request_line} HTTP/1.1", "Connection: close", *headers, "", ""]))
    return int(response.split(" ")[1])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", BOARD, "localhost:80", "LocalHost:8141", "[::1]", "[::1]:8141", "127.0.0.1:65535"],
)
def test_a_request_to_an_allowed_host_is_served(port: int, host: str) -> None:
    assert status(port, "GET /api/runs", f"Host: {host}") == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1:8141@evil",
        "evil@127.0.0.1:8141",
        "127.0.0.1:99999",
        "127.0.0.1:0",
        "127.0.0.1:",
        "127.0.0.1:80:80",
        "127.0.0.1:8o8o",
        "127.0.0.1:+80",
        "127.0.0.1.",
        "localhost.",
        "127.0.0.1.evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1, evil.example",
        "127.1",
        "0",
        "::1",
        "[::1",
        "[::1]8141",
        "[::1]:99999",
        "[::ffff:127.0.0.1]:8141",
        "[::1%25lo]:8141",
    ],
)
def test_a_request_to_another_host_is_refused(port: int, host: str) -> None:
    assert status(port, "GET /api/runs", f"Host: {host}") in (400, 403)  # 400: the parser below the service refuses it


@pytest.mark.parametrize("hosts", [[], [BOARD, "evil.example"], [BOARD, BOARD]], ids=["none", "two", "the same twice"])
def test_a_request_needs_exactly_one_host(port: int, hosts: list[str]) -> None:
    assert status(port, "GET /api/runs", *(f"Host: {host}" for host in hosts)) in (400, 403)


def test_a_forwarded_host_is_ignored(port: int) -> None:
    assert status(port, "GET /api/runs", f"Host: {BOARD}", "X-Forwarded-Host: evil.example") == 200
    assert status(port, "GET /api/runs", "Host: evil.example", f"X-Forwarded-Host: {BOARD}") == 403
    forged = ["Origin: http://evil.example", "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"]
    assert status(port, "POST /api/runs", f"Host: {BOARD}", *forged) == 403


@pytest.mark.parametrize(
    "target", ["http://evil.example/api/runs", f"http://{BOARD}/api/runs", "//", "*", "api/runs", "?q=x"]
)
def test_a_request_target_other_than_a_path_is_refused(port: int, target: str) -> None:
    assert status(port, f"GET {target}", f"Host: {BOARD}") in (400, 404)


@pytest.mark.parametrize(
    "headers",
    [
        [f"Origin: http://{BOARD}"],
        [f"Origin: http://{BOARD}", "Sec-Fetch-Site: same-origin"],
        [f"Origin: https://{BOARD}"],
        ["Sec-Fetch-Site: same-origin"],
        ["Sec-Fetch-Site: none"],
        [],
    ],
    ids=str,
)
def test_the_page_of_the_board_and_a_program_may_write(port: int, headers: list[str]) -> None:
    assert status(port, "POST /api/runs", f"Host: {BOARD}", "Content-Length: 0", *headers) == 422


@pytest.mark.parametrize(
    "headers",
    [
        ["Origin: http://evil.example"],
        [f"Origin: ftp://{BOARD}"],
        [f"Origin: file://{BOARD}"],
        ["Origin: null"],
        ["Origin: "],
        [f"Origin: {BOARD}"],
        [f"Origin: //{BOARD}"],
        ["Origin: http://127.0.0.1"],
        ["Origin: http://127.0.0.1:8142"],
        ["Origin: http://localhost:8141"],
        [f"Origin: http://{BOARD}@evil.example"],
        [f"Origin: http://evil@{BOARD}"],
        [f"Origin: http://{BOARD}/"],
        [f"Origin: http://{BOARD}.evil.example"],
        [f"Origin: http://{BOARD} http://evil.example"],
        [f"Origin: http://{BOARD}", "Origin: http://evil.example"],
        ["Sec-Fetch-Site: cross-site"],
        ["Sec-Fetch-Site: same-site"],
        ["Sec-Fetch-Site: Same-Origin"],
        [f"Origin: http://{BOARD}", "Sec-Fetch-Site: cross-site"],
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_a_page_of_another_site_may_not_write(port: int, method: str, headers: list[str]) -> None:
    assert status(port, f"{method} /api/runs", f"Host: {BOARD}", "Content-Length: 0", *headers) == 403


def test_a_link_from_another_site_may_be_followed(port: int) -> None:
    headers = ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"]

    assert status(port, "GET /api/runs", f"Host: {BOARD}", *headers) == 200
