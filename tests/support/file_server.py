"""A web server that hands out one file, well or badly, as tests tell it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Manners:
    """How it behaves. `cuts` says after how many bytes each answer in turn breaks off; then none does any more."""

    content: bytes
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    etag: str = '"one"'
    statuses: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(manners: Manners) -> Iterator[str]:
    """The address of the folder that the file is in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, manners)

        def log_message(self, *_arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(request: BaseHTTPRequestHandler, manners: Manners) -> None:
    wanted = request.headers.get("Range", "")
    manners.asked.append(wanted)
    if manners.statuses:
        request.send_error(manners.statuses.pop(0))
        return
    fresh = request.headers.get("If-Range", manners.etag) == manners.etag
    start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and manners.ranges and fresh else 0
    if start >= len(manners.content):
        request.send_response(416)
        request.send_header("Content-Range", f"bytes */{len(manners.content)}")
        request.end_headers()
        return
    request.send_response(206 if start else 200)
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(manners.content) - 1}/{len(manners.content)}")
    body = manners.content[start:]
    request.send_header("Content-Length", str(len(body)))
    request.send_header("ETag", manners.etag)
    request.end_headers()
    request.wfile.write(body[: manners.cuts.pop(0)] if manners.cuts else body)
