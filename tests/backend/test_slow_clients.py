"""Clients that send half of a request and then nothing are not waited for; slow uploads and open streams are."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from backend import http_protocol
from backend.api.http import guard
from backend.application import create_app
from backend.settings import Settings
from tests.support.files.zips import pets, zipped
from tests.support.service.raw_http import served
from tests.support.storage.databases import create_sqlite

LIMIT_SECONDS = 0.4
PATIENCE_SECONDS = 5.0  # of the test, on a busy machine


@pytest.fixture
def port(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr(guard, "BODY_SECONDS", LIMIT_SECONDS)
    settings = replace(settings, allowed_hosts=["127.0.0.1"])
    create_sqlite(settings)
    app = create_app(settings)
    with served(app) as port:
        yield port
    app.state.board.database.engine.dispose()


def connect(port: int, *lines: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
    return connection


def rest(connection: socket.socket) -> bytes:
    """Returns what the service sends until it closes the connection; fails if it does not."""
    received = b""
    try:
        while block := connection.recv(65_536):
            received += block
    except ConnectionResetError:
        pass
    return received


def is_alive(connection: socket.socket) -> bool:
    """Reads the response of /healthz."""
    response = b""
    while not response.endswith(b"}"):
        response += connection.recv(65_536)
    return response.endswith(b'{"status":"alive"}')


@pytest.mark.parametrize("lines", [[], ["GET /healthz HTTP/1.1"], ["GET /healthz HTTP/1.1", "Host: 127.0.0.1"]])
def test_a_head_that_is_never_complete_is_not_waited_for(port: int, lines: list[str]) -> None:
    with connect(port, *lines) as connection:
        assert rest(connection) == b""


def test_single_bytes_do_not_buy_a_head_more_time(port: int) -> None:
    with connect(port, "GET /healthz HTTP/1.1") as connection, pytest.raises(OSError, match=r"reset|Broken pipe"):
        send_single_bytes(connection)


def test_a_head_without_end_is_refused(port: int) -> None:
    with connect(port, "GET /healthz HTTP/1.1", "X: " + 70_000 * "x") as connection:
        assert rest(connection).startswith(b"HTTP/1.1 400")


CHUNKED = ["POST /api/runs HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Transfer-Encoding: chunked"]


@pytest.mark.parametrize(
    "lines",
    [["2", "{}", "0", "X: " + 400_000 * "x"], ["2", "{}", "0", *80_000 * ["X: y"]], ["2;" + 400_000 * "x"]],
    ids=["a long trailer", "many trailers", "a long extension of a chunk"],
)
def test_what_surrounds_a_chunked_body_without_end_is_refused(port: int, lines: list[str]) -> None:
    with connect(port, *CHUNKED, "") as connection:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall("\r\n".join(lines).encode())
        assert rest(connection)[:12] in (b"HTTP/1.1 400", b"")  # or it is closed while this side still sends


def test_trailers_are_not_headers() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body", "body": repr(scope["headers"]).encode()})

    with served(echo) as port, connect(port, *CHUNKED, "", "2", "{}", "0", "Authorization: me", "") as connection:
        response = rest(connection)

    assert b"transfer-encoding" in response
    assert b"authorization" not in response


def send_single_bytes(connection: socket.socket) -> None:
    for _ in range(int(PATIENCE_SECONDS / LIMIT_SECONDS) * 8):
        connection.sendall(b"X")
        time.sleep(LIMIT_SECONDS / 8)


def test_half_a_second_request_on_a_connection_is_not_waited_for(port: int) -> None:
    with connect(port, "GET /healthz HTTP/1.1", "Host: 127.0.0.1", "") as connection:
        assert is_alive(connection)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert rest(connection) == b""


def test_a_body_that_never_comes_is_answered_408(port: int) -> None:
    head = ["POST /api/runs HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: 99", ""]
    with connect(port, *head, "{") as connection:
        response = rest(connection)

    assert response.startswith(b"HTTP/1.1 408")
    assert b"The body did not arrive within 60 seconds. Send the request again." in response


def test_a_body_that_is_not_read_is_not_waited_for(port: int) -> None:
    with connect(port, "GET /healthz HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 99", "") as connection:
        assert is_alive(connection)
        connection.sendall(b"x")
        rest(connection)


def test_an_upload_that_sends_is_not_cut(port: int) -> None:
    content = zipped(pets())
    head = ["POST /api/datasets?name=pets HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(content)}"]
    with connect(port, *head, "Connection: close", "") as connection:
        size = len(content) // 6 + 1
        for start in range(0, len(content), size):
            connection.sendall(content[start : start + size])
            time.sleep(LIMIT_SECONDS / 4)
        response = rest(connection)

    assert response.startswith(b"HTTP/1.1 202")


def test_a_stream_of_events_is_not_cut(port: int) -> None:
    with connect(port, "GET /api/events HTTP/1.1", "Host: 127.0.0.1", "") as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.settimeout(2 * LIMIT_SECONDS)
        with pytest.raises(TimeoutError):
            rest(connection)
