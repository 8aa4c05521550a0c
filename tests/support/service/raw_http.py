"""The service behind a real uvicorn in a thread, for requests that an HTTP client would correct before sending them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from backend.http_protocol import TimedProtocol

CONFIG: dict[str, Any] = {
    "lifespan": "off",
    "log_level": "error",
    "timeout_graceful_shutdown": 1,
    "timeout_keep_alive": 1,
}
RESPONSE_SECONDS = 10.0


@contextmanager
def served(app: ASGIApp, **changes: Any) -> Iterator[int]:
    """Serves `app` on loopback while the block runs; yields the port. Without `lifespan="on"` nothing runs beside it.

    `changes` are options of uvicorn.
    """
    # With this protocol asyncio sets TCP_NODELAY, as in production; else each response waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, http=TimedProtocol, **{**CONFIG, **changes}))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def send(port: int, request: str) -> str:
    """Sends the lines of a request and returns the whole response; the request should ask for `Connection: close`."""
    with socket.create_connection(("127.0.0.1", port), timeout=RESPONSE_SECONDS) as connection:
        connection.sendall(request.encode("latin-1"))
        received = b""
        while block := connection.recv(65_536):
            received += block
    return received.decode("latin-1")
