"""uvicorn's HTTP protocol with limits for what surrounds the body of a request, which uvicorn itself does not have.

`uvicorn --http backend.http_protocol:TimedProtocol` uses it. Bodies are timed in `backend.api`.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0  # for a connection to send the whole head of a request; browsers open some ahead of time
HEAD_BYTES = 65_536  # of a head, or of what is not the body of a chunked request: extensions of chunks, and trailers
END_STREAMS = "end_streams"  # in the state of the application's lifespan: a function that ends its event streams


class TimedProtocol(HttpToolsProtocol):
    """Closes a connection that has no request in progress, and has not sent the next one's head in HEAD_SECONDS.

    The same holds for the rest of a body that is not read any more, because the response is complete. Between two
    requests uvicorn's own, shorter keep-alive timeout applies until the first byte.

    Fields after a chunked body (trailers) are read and dropped: uvicorn would add them to the headers that the
    application has read.

    When the server shuts down, the protocol ends the event streams of the application, for which uvicorn would wait.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._is_in_request = False
        self._has_body = False  # bytes of one were in the data that came last
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_deadline()

    def data_received(self, data: bytes) -> None:
        self._has_body = False
        super().data_received(data)
        self._limit_head(len(data))
        if self.cycle is None or self.cycle.response_complete:
            self._start_deadline()
        else:
            self._cancel_deadline()

    def on_message_begin(self) -> None:
        self._is_in_head, self._is_in_request, self._head_bytes = True, True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()
        if not self.url.startswith(b"/"):  # a whole URL, which the guard refuses; httptools takes the path out of it
            self.scope["path"] = self.url.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._has_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_request = False
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        if end_streams := self.app_state.get(END_STREAMS):
            end_streams()

    def _limit_head(self, received: int) -> None:
        """Counts the bytes of a request since its beginning, or since the last bytes of its body."""
        self._head_bytes = self._head_bytes + received if self._is_in_request and not self._has_body else 0
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request, and its trailers, may have at most {HEAD_BYTES} bytes.")

    def _start_deadline(self) -> None:
        """Does nothing while one is running, so that single bytes don't move it."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
