"""uvicorn's HTTP protocol with limits for the head of a request, which uvicorn itself does not have.

`uvicorn --http backend.http_protocol:TimedProtocol` uses it. Bodies are timed in `backend.api`.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0  # for a connection to send the whole head of a request; browsers open some ahead of time
HEAD_BYTES = 65_536
END_STREAMS = "end_streams"  # in the state of the application's lifespan: a function that ends its event streams


class TimedProtocol(HttpToolsProtocol):
    """Closes a connection that has no request in progress, and has not sent the next one's head in HEAD_SECONDS.

    The same holds for the rest of a body that nobody reads any more, because the response is complete. Between two
    requests uvicorn's own, shorter keep-alive timeout applies until the first byte.

    When the server shuts down, the protocol ends the event streams of the application, for which uvicorn would wait.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_deadline()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._limit_head(len(data))
        if self.cycle is None or self.cycle.response_complete:
            self._start_deadline()
        else:
            self._cancel_deadline()

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()
        if not self.url.startswith(b"/"):  # a whole URL, which the guard refuses; httptools takes the path out of it
            self.scope["path"] = self.url.decode("latin-1")

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        if end_streams := self.app_state.get(END_STREAMS):
            end_streams()

    def _limit_head(self, received: int) -> None:
        self._head_bytes += received if self._is_in_head else 0
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request may have at most {HEAD_BYTES} bytes.")

    def _start_deadline(self) -> None:
        """Does nothing while one is running, so that single bytes don't move it."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
