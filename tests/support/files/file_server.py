"""An HTTP server for one file that fails in the ways that a test asks for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class ServedFile:
    """The file and the server's behaviour. `requests` collects the Range header of each request.

    `cut_after` has the number of bytes after which each response in turn is cut off; the responses after those are
    complete. `statuses` has the error status of each request in turn.
    """

    content: bytes
    cut_after: list[int] = field(default_factory=list)
    supports_ranges: bool = True
    etag: str = '"one"'
    statuses: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def serving(served: ServedFile) -> Iterator[str]:
    """Yields the address of the folder that the file is in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self, served)

        def log_message(self, *_arguments: object) -> None:
            """Prints nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def respond(handler: BaseHTTPRequestHandler, served: ServedFile) -> None:
    requested = handler.headers.get("Range", "")
    served.requests.append(requested)
    if served.statuses:
        handler.send_error(served.statuses.pop(0))
        return
    unchanged = handler.headers.get("If-Range", served.etag) == served.etag
    use_range = requested and served.supports_ranges and unchanged
    start = int(requested.removeprefix("bytes=").removesuffix("-")) if use_range else 0
    if start >= len(served.content):
        handler.send_response(416)
        handler.send_header("Content-Range", f"bytes */{len(served.content)}")
        handler.end_headers()
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
    body = served.content[start:]
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("ETag", served.etag)
    handler.end_headers()
    handler.wfile.write(body[: served.cut_after.pop(0)] if served.cut_after else body)
