"""Middleware that rejects requests from other sites, limits bodies and sets security headers.

A foreign Host header is a sign of DNS rebinding, a foreign Origin or Sec-Fetch-Site header one of cross-site request
forgery. Only the Host header counts: X-Forwarded-Host is ignored.
"""

import asyncio
import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.http.content_policy import ContentPolicy
from backend.api.http.problems import problem_response
from backend.errors import BadRequest, Forbidden, Problem, TooLarge, TooSlow

SAFE_METHODS = ("GET", "HEAD")
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:]+)(:(?P<port>[0-9]{1,5}))?")
MAX_PORT = 65_535
LARGE_BODIES = re.compile(r"/api/uploads|/api/datasets(/[^/]+/prepare)?|/api/runs/[^/]+/predict|/api/models/read")
"""Paths whose handlers limit the body themselves (`backend.api.http.request_body`)."""
BODY_SECONDS = 60.0  # for a body without a limit of its own, which has a megabyte at most
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: responds 403 to foreign hosts and origins, 413 to large bodies, and adds `HEADERS`.

    `page` is the path of index.html, whose own scripts the content security policy allows.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: list[str], max_body_bytes: int, page: Path) -> None:
        self._app = app
        self._allowed = {host.lower() for host in allowed_hosts}
        self._max_body_bytes = max_body_bytes
        self._policy = ContentPolicy(page)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        error = self._check(scope)
        app = problem_response(error.status, error.title, error.detail) if error else self._app
        has_own_limit = scope["method"] == "POST" and LARGE_BODIES.fullmatch(scope["path"])
        body = receive if has_own_limit else _limited(receive, self._max_body_bytes)
        headers = {**HEADERS, "Content-Security-Policy": self._policy.read()}
        await app(scope, body, _with_headers(send, headers))

    def _check(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if not scope["path"].startswith("/"):
            return BadRequest(f"The request target {scope['path']!r} is not allowed; it must be a path, from / on.")
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_allowed(hosts[0]):
            received, allowed = ", ".join(map(repr, hosts)) or "none", ", ".join(sorted(self._allowed))
            return Forbidden(f"The host {received} is not allowed; send one Host header; allowed are {allowed}.")
        if scope["method"] in SAFE_METHODS:
            return None
        return _foreign_page(scope["scheme"], hosts[0], headers)

    def _is_allowed(self, host: str) -> bool:
        """Returns whether a Host header is an allowed name, with a port or without; the case of letters is ignored."""
        parts = HOST.fullmatch(host.lower())
        return parts is not None and parts["name"] in self._allowed and 0 < int(parts["port"] or 80) <= MAX_PORT


def _foreign_page(scheme: str, host: str, headers: Headers) -> Forbidden | None:
    """Returns an error if a page of another site sent the request. Programs send neither of the two headers."""
    own = {f"{scheme}://{host}".lower(), f"https://{host}".lower()}  # https: the TLS of a proxy ends before the service
    for origin in headers.getlist("origin"):
        if origin.lower() not in own:
            return Forbidden(f"Requests from pages of {origin!r} are not allowed; open the page of {host!r}.")
    for site in headers.getlist("sec-fetch-site"):
        if site not in ("same-origin", "none"):
            return Forbidden(f"Requests from pages of another site ({site!r}) are not allowed; open that of {host!r}.")
    return None


def _limited(receive: Receive, limit: int) -> Receive:
    """Wraps `receive` to raise after `limit` bytes, and if the whole body does not arrive within BODY_SECONDS.

    Starlette's own limit would respond in plain text. What follows the body, a disconnect, may take any time.
    """
    received, is_complete = 0, False
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def limited() -> Message:
        nonlocal received, is_complete
        try:
            async with asyncio.timeout_at(None if is_complete else deadline):
                message = await receive()
        except TimeoutError:
            raise HTTPException(TooSlow.status, TooSlow.title) from None
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(TooLarge.status, TooLarge.title)
        is_complete = not message.get("more_body", False)
        return message

    return limited


def _with_headers(send: Send, headers: dict[str, str]) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return with_headers
