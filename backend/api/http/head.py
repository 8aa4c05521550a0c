"""Middleware that answers HEAD as GET without a body, on every route that has GET."""

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """ASGI middleware. The handler is cancelled when its headers are sent, so that no file or event stream is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        with CancelScope() as handling:

            async def send_start(message: Message) -> None:
                if handling.cancel_called:
                    return  # a body that was on its way: the handler is cancelled where it waits next
                await send(message)
                await send({"type": "http.response.body"})
                handling.cancel()

            await self._app({**scope, "method": "GET"}, receive, send_start)
