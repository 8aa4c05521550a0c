"""Who may ask: this board's own page and programs of this machine, no page of another site.

A foreign Host is how DNS rebinding looks, a foreign Origin how a request forged by another site looks.
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
"""Addresses whose handlers count the body themselves (`backend.api.request_body`)."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: refuse foreign hosts and origins and huge bodies, and tell browsers what the page may do."""

    def __init__(self, app: ASGIApp, allowed_hosts: list[str], max_body_bytes: int) -> None:
        self._app = app
        self._allowed = set(allowed_hosts)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope["method"], Headers(scope=scope))
        app = problem_response(refused.status, refused.title, refused.detail) if refused else self._app
        counts_itself = scope["method"] == "POST" and LARGE_BODIES.fullmatch(scope["path"])
        await app(scope, receive if counts_itself else _counted(receive, self._max_body_bytes), _with_headers(send))

    def _refusal(self, method: str, headers: Headers) -> Forbidden | None:
        host = headers.get("host", "")
        if _name(host) not in self._allowed or len(headers.getlist("host")) != 1:
            return Forbidden(f"This board answers to {', '.join(sorted(self._allowed))} and not to the host {host!r}.")
        origin = headers.get("origin")
        if method not in SAFE_METHODS and origin is not None and urlsplit(origin).netloc != host:
            return Forbidden(f"A page of {origin!r} may not change anything on this board.")
        return None


def _name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, up to `limit` bytes. Starlette's own limit would answer in plain text."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(TooLarge.status, TooLarge.title)
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return with_headers
