"""Compares responses with the OpenAPI document: the status, the media type and the headers of each are documented."""

import re
from typing import Any

from httpx2 import Response

from backend.main import create_app


class Document:
    """The OpenAPI document of the service."""

    def __init__(self) -> None:
        paths: dict[str, dict[str, Any]] = create_app().openapi()["paths"]
        self._paths = [(_pattern(path), methods) for path, methods in paths.items()]

    def check(self, response: Response) -> None:
        """Fails if the response is not documented. HEAD is documented as GET, and 405 for all operations together."""
        request = response.request
        operation = self._operation(request.method.replace("HEAD", "GET"), request.url.raw_path.decode().split("?")[0])
        if operation is None or response.status_code == 405:
            return
        documented = operation["responses"].get(str(response.status_code))
        name = f"{operation['operationId']} responded {response.status_code}"
        assert documented is not None, f"{name}, which is not documented: {list(operation['responses'])}"
        media_type = response.headers.get("content-type", "").partition(";")[0]
        assert media_type in documented.get("content", {"": None}), f"{name} with {media_type!r}"

    def _operation(self, method: str, path: str) -> Any:
        matches = (methods.get(method.lower()) for pattern, methods in self._paths if re.fullmatch(pattern, path))
        return next((operation for operation in matches if operation is not None), None)


def _pattern(path: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path))
