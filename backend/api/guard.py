"""Middleware that rejects requests from other sites, limits bodies and sets security headers.

A foreign Host header is a sign of DNS rebinding, a foreign Origin header one of cross-site request forgery.
"""

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.problems import problem_response
from backend.errors import Forbidden, TooLarge

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
LARGE_BODIES = re.compile(r"/api/datasets(/[^/]+/prepare)?|/api/runs/[^/]+/predict")
"""Paths whose handlers limit the body themselves (`backend.api.request_body`)."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: responds 403 to foreign hosts and origins, 413 to large bodies, and adds `HEADERS`."""

    def __init__(self, app: ASGIApp, allowed_hosts: list[str], max_body_bytes: int) -> None:
        self._app = app
        self._allowed = set(allowed_hosts)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        error = self._check(scope["method"], Headers(scope=scope))
        app = problem_response(error.status, error.title, error.detail) if error else self._app
        has_own_limit = scope["method"] == "POST" and LARGE_BODIES.fullmatch(scope["path"])
        await app(scope, receive if has_own_limit else _limited(receive, self._max_body_bytes), _with_headers(send))

    def _check(self, method: str, headers: Headers) -> Forbidden | None:
        host = headers.get("host", "")
        if _host_name(host) not in self._allowed or len(headers.getlist("host")) != 1:
            return Forbidden(f"The host {host!r} is not allowed; allowed are {', '.join(sorted(self._allowed))}.")
        origin = headers.get("origin")
        if method not in SAFE_METHODS and origin is not None and urlsplit(origin).netloc != host:
            return Forbidden(f"Requests from pages of {origin!r} are not allowed.")
        return None


def _host_name(host: str) -> str:
    """Returns the host without its port; an IPv6 address keeps its brackets."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _limited(receive: Receive, limit: int) -> Receive:
    """Wraps `receive` to raise after `limit` bytes. Starlette's own limit would respond in plain text."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(TooLarge.status, TooLarge.title)
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return with_headers
