"""The response of an event stream: server-sent events as they come, and pings between them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from anyio import CancelScope, create_task_group, move_on_after
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

PING = b": ping\n\n"  # a comment, which clients skip; it keeps proxies from closing the connection
PING_SECONDS = 15.0
SEND_SECONDS = 10.0  # a client that lets a ping wait for so long is disconnected; it reconnects and resumes
HEADERS = {"Cache-Control": "no-store", "Connection": "keep-alive", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Sends `messages`, each the bytes of one or more events. It ends with them, or when its client is gone."""

    media_type = "text/event-stream"

    def __init__(self, messages: AsyncGenerator[bytes, None], status_code: int = 200) -> None:
        self.status_code = status_code
        self.background = None
        self.messages = messages
        self.init_headers(HEADERS)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        async with create_task_group() as tasks, aclosing(self.messages):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            tasks.start_soon(_cancel_when_gone, receive, send, tasks.cancel_scope)
            async for message in self.messages:
                await send(_body(message))
            await send(_body(b"", more_body=False))
            tasks.cancel_scope.cancel()


async def _cancel_when_gone(receive: Receive, send: Send, stream: CancelScope) -> None:
    """Sends pings, and cancels the stream when its client has disconnected, or has not taken a ping in time.

    Only pings are timed: where one can be sent, events can.
    """
    is_gone = False
    while not is_gone:
        is_gone = await _disconnects(receive) or not await _takes_ping(send)
    stream.cancel()


async def _disconnects(receive: Receive) -> bool:
    """Waits up to PING_SECONDS for the client to disconnect."""
    with move_on_after(PING_SECONDS):
        while (await receive())["type"] != "http.disconnect":
            pass  # the empty body of the request
        return True
    return False


async def _takes_ping(send: Send) -> bool:
    with move_on_after(SEND_SECONDS):
        await send(_body(PING))
        return True
    return False


def _body(content: bytes, more_body: bool = True) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more_body}
