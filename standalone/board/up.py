"""`epochboard up`: the whole board on one machine, as children of one process."""

import http.client
import os
import queue
import signal
import sys
import threading
import webbrowser
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from backend.settings import Settings
from standalone import parts, valkey
from standalone.checks import check_host, check_page, check_port, make_data_dir, migrated, read_settings
from standalone.console import Console
from standalone.crew import Child, Part, end
from standalone.lock import hold

TICK_SECONDS = 0.05
Signals = queue.SimpleQueue[signal.Signals]


def up(options: Namespace) -> int:
    """Serves until a signal comes; 130 after Ctrl-C, else 0."""
    signals = listen()
    check_host(options.host)
    url = f"http://{url_host(options.host)}:{options.port}"
    settings = read_settings(options.data_dir)
    hosts = [*settings.allowed_hosts, url_host(options.host)]
    settings = settings.model_copy(update={"data_dir": make_data_dir(settings.data_dir), "allowed_hosts": hosts})
    check_page(settings.frontend_dir)
    with hold(settings.data_dir, url):
        check_port(options.host, options.port)
        with wire(settings) as (settings, wire_parts):
            board = Board(settings, Console(), signals)
            return board.run(wire_parts, options, url)


def url_host(host: str) -> str:
    """A host as URLs and Host headers have it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def listen() -> Signals:
    """Turns signals into messages: a SimpleQueue may be filled from inside a signal handler."""
    signals: Signals = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue  # started by nohup
        signal.signal(number, lambda received, _frame: signals.put(signal.Signals(received)))
    return signals


@contextmanager
def wire(settings: Settings) -> Iterator[tuple[Settings, list[Part]]]:
    """The settings with the address of Redis, and the embedded server where no other one is named."""
    if settings.redis_url:
        yield settings, []
        return
    folder = valkey.folder_of(settings.data_dir)
    with valkey.socket_in(folder) as socket:
        yield settings.model_copy(update={"redis_url": f"unix://{socket}"}), [parts.embedded_wire(folder, socket)]


class Board:
    def __init__(self, settings: Settings, console: Console, signals: Signals) -> None:
        self.settings = settings
        self.console = console
        self.signals = signals
        self.environment = parts.environment(settings)
        self.wire: list[Child] = []
        self.others: list[Child] = []

    def run(self, wire_parts: list[Part], options: Namespace, url: str) -> int:
        try:
            self.wire = self.started(wire_parts)
            migrated(self.settings)
            self.others = self.started([parts.api(options.host, options.port)])
            received = self.tend(until_ready=(options.host, options.port))
            if received is None:
                self.console.plain(f"ready at {url}")
                self.others += self.started(self.workers(options.workers))
                show(url, options)
                received = self.tend()
        finally:
            end(self.others, hurry=lambda: not self.signals.empty())
            end(self.wire, hurry=lambda: False)
        return 130 if received == signal.SIGINT else 0

    def workers(self, count: int) -> list[Part]:
        """Started only after the API, which so has the processor for itself until it serves."""
        return [parts.jobs_worker(), *(parts.train_worker(number) for number in range(count))]

    def started(self, wanted: list[Part]) -> list[Child]:
        children = [Child(part, self.environment, self.console) for part in wanted]
        for child in children:
            child.tend()
        return children

    def tend(self, until_ready: tuple[str, int] | None = None) -> signal.Signals | None:
        """Keeps all children alive until a signal, which it returns, or None once the API answers."""
        while True:
            for child in (*self.wire, *self.others):
                child.tend()
            if until_ready is not None and answers(*until_ready):
                return None
            try:
                return self.signals.get(timeout=TICK_SECONDS)
            except queue.Empty:
                continue


def answers(host: str, port: int) -> bool:
    """Whether the API serves."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def show(url: str, options: Namespace) -> None:
    """Opens the page where somebody sits before a screen."""
    screen = sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if options.no_open or "CI" in os.environ or not screen or not sys.stdout.isatty():
        return
    threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
