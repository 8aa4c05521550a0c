"""A client that fails a test when it gets a response that the OpenAPI document does not have."""

import re
from functools import cache
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from backend.application import create_app
from backend.settings import Settings


class DocumentedClient(TestClient):
    """Compares the status, media type and required headers of each response with the OpenAPI document.

    Like the real server, it responds 500 when a handler raises. HEAD is documented as GET, 405 for all operations
    together.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, raise_server_exceptions=False)
        self.event_hooks = {"response": [_check]}


def _check(response: Response) -> None:
    path = response.request.url.raw_path.decode().partition("?")[0]
    operation = _operation(response.request.method.replace("HEAD", "GET"), path)
    if operation is None or response.status_code == 405:
        return
    documented = operation["responses"].get(str(response.status_code))
    name = f"{operation['operationId']} responded {response.status_code}"
    assert documented is not None, f"{name}, which is not documented: {list(operation['responses'])}"
    media_type = response.headers.get("content-type", "").partition(";")[0]
    assert media_type in documented.get("content", {"": None}), f"{name} with {media_type!r}"
    headers = {header for header, field in documented.get("headers", {}).items() if field.get("required")}
    assert all(header in response.headers for header in headers), f"{name} without one of {headers}"


def _operation(method: str, path: str) -> Any:
    matches = (methods.get(method.lower()) for pattern, methods in _paths() if re.fullmatch(pattern, path))
    return next((operation for operation in matches if operation is not None), None)


@cache
def _paths() -> list[tuple[str, dict[str, Any]]]:
    """Returns the operations of each path by method, with the path as a regular expression."""
    paths = create_app(Settings()).openapi()["paths"].items()
    return [(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path)), methods) for path, methods in paths]
