"""Many viewers of one event stream, in a process of their own: what each of them received, and when."""

import re
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

CONNECT_SECONDS, SILENCE_SECONDS = 120.0, 30.0
RECEIVE_BYTES = 65_536
NUMBER = re.compile(rb'^(?:id: |data: .*"seq": ?)(\d+)', re.MULTILINE)
"""The number of an event: the id in a run's stream, a field of the payload in the board's."""

Arrivals = list[list[tuple[int, float]]]
"""For each viewer the number of each event and the seconds since 1970 at which it came, in this order."""


class Crowd:
    def __init__(self, pipe: "Connection[str, Arrivals | str]") -> None:
        self._pipe = pipe

    def wait_until_connected(self) -> None:
        assert self._pipe.poll(CONNECT_SECONDS), "not all viewers were connected"
        assert self._pipe.recv() == "connected"

    def arrivals(self) -> Arrivals:
        """Waits until all viewers have the last event, or none has received anything for SILENCE_SECONDS."""
        arrivals = self._pipe.recv()
        assert not isinstance(arrivals, str)
        return arrivals


@contextmanager
def crowd(port: int, path: str, viewers: int, last: int) -> Iterator[Crowd]:
    """Yields viewers who watch `path` until event number `last`."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=watch, args=(port, path, viewers, last, theirs), daemon=True)
    process.start()
    try:
        yield Crowd(ours)
    finally:
        process.terminate()
        process.join()


def watch(port: int, path: str, viewers: int, last: int, pipe: "Connection[Arrivals | str, str]") -> None:
    crowd = [Viewer(port, path) for _ in range(viewers)]
    pipe.send("connected")
    poll = select.epoll()
    by_descriptor = {viewer.socket.fileno(): viewer for viewer in crowd}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    waiting = set(by_descriptor)
    while waiting and (ready := poll.poll(SILENCE_SECONDS)):
        for descriptor, _ in ready:
            if by_descriptor[descriptor].receive() >= last:
                waiting.discard(descriptor)
                poll.unregister(descriptor)
    pipe.send([viewer.arrivals for viewer in crowd])


class Viewer:
    """Connected once the response's head has come."""

    def __init__(self, port: int, path: str) -> None:
        self.arrivals: list[tuple[int, float]] = []
        self._line = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        head = self.socket.recv(RECEIVE_BYTES)
        assert head.startswith(b"HTTP/1.1 200"), head
        self._read(head)

    def receive(self) -> int:
        """Returns the number of the newest event, 0 before the first; raises where the stream was closed."""
        received = self.socket.recv(RECEIVE_BYTES)
        assert received, f"the stream ended after event {self.arrivals[-1:]}"
        return self._read(received)

    def _read(self, received: bytes) -> int:
        now = time.time()
        lines, newline, self._line = (self._line + received).rpartition(b"\n")
        self.arrivals += [(int(number), now) for number in NUMBER.findall(lines + newline)]
        return self.arrivals[-1][0] if self.arrivals else 0
