"""HEAD on every route that has GET, and the methods that 405 names."""

import re

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.settings import Settings
from tests.support.service.raw_http import send, served

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/runs", "GET, HEAD, POST"),
        ("POST", "/api/runs/some", "DELETE, GET, HEAD, PATCH"),
        ("OPTIONS", "/api/runs/some/stop", "POST"),
        ("HEAD", "/api/runs/some/stop", "POST"),
        ("DELETE", "/api/datasets", "GET, HEAD, POST"),
        ("PATCH", "/healthz", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_answered_with_all_methods_of_the_path(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)

    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert response.headers["content-type"] == "application/problem+json"


def test_each_address_refuses_all_methods_that_its_paths_do_not_have(client: TestClient) -> None:
    paths = create_app(Settings()).openapi()["paths"]
    for path in paths:
        address = re.sub(r"\{\w+\}", "some", path)
        own = {method.upper() for other, methods in paths.items() if is_of(address, other) for method in methods}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"} - own:
            response = client.request(method, address)

            allowed = ", ".join(sorted(own | {"HEAD"} if "GET" in own else own))
            assert (response.status_code, response.headers["allow"]) == (405, allowed), f"{method} {path}"


def is_of(address: str, path: str) -> bool:
    """Returns whether an address is one of a path: `/api/runs/fields` is one of `/api/runs/{run_id}`, too."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), address) is not None


def test_head_is_answered_like_get_without_a_body(client: TestClient) -> None:
    get, head = client.get("/api/recipes"), client.head("/api/recipes")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert client.head("/api/runs/nothing").status_code == 404
    assert client.head("/api/openapi.json").status_code == 200


def test_the_connection_is_usable_after_head(client: TestClient) -> None:
    with served(client.app) as port:
        head = "HEAD /api/recipes HTTP/1.1\r\nHost: testserver\r\n\r\n"
        get = "GET /healthz HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"

        response = send(port, f"{head}{head}{get}")

    assert response.count("HTTP/1.1 200 OK") == 3
    assert response.endswith('{"status":"alive"}')


def test_head_of_an_event_stream_ends(client: TestClient) -> None:
    head = client.head("/api/events")

    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_the_page_has_get_and_head(client: TestClient) -> None:
    response = client.post("/")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
