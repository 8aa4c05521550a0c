"""`epochboard up`: the whole board on one machine, as child processes of one process."""

import os
import queue
import signal
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from backend.settings import Settings
from standalone.board import services, valkey
from standalone.board.checks import (
    check_host,
    check_page,
    check_port,
    make_data_dir,
    migrate_database,
    read_settings,
)
from standalone.board.child_processes import ChildProcess, Service, stop_all
from standalone.board.console import Console
from standalone.board.data_dir_lock import lock

POLL_SECONDS = 0.05
STARTING_POLL_SECONDS = 0.02  # while the API starts, for which the browser waits
SignalQueue = queue.SimpleQueue[signal.Signals]


def up(options: Namespace) -> int:
    """Serves until a signal arrives. Returns 130 after Ctrl-C, else 0."""
    signals = receive_signals()
    check_host(options.host)
    url = f"http://{url_host(options.host)}:{options.port}"
    settings = read_settings(options.data_dir)
    hosts = [*settings.allowed_hosts, url_host(options.host)]
    processes = options.api_processes or settings.api_processes
    data_dir = make_data_dir(settings.data_dir)
    settings = replace(settings, data_dir=data_dir, allowed_hosts=hosts, api_processes=processes)
    check_page(settings.frontend_dir)
    with lock(settings.data_dir, url):
        check_port(options.host, options.port)
        with redis_of(settings) as (settings, redis_services):
            return Board(settings, Console(), signals).run(redis_services, options, url)


def url_host(host: str) -> str:
    """Returns a host as URLs and Host headers write it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def receive_signals() -> SignalQueue:
    """Returns a queue of the signals that ask this process to end. A SimpleQueue may be filled in a signal handler."""
    signals: SignalQueue = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue  # started by nohup
        signal.signal(number, lambda received, _frame: signals.put(signal.Signals(received)))
    return signals


@contextmanager
def redis_of(settings: Settings) -> Iterator[tuple[Settings, list[Service]]]:
    """Yields the settings with the address of Redis, and the embedded server where the settings name no other."""
    if settings.redis_url:
        yield settings, []
        return
    folder = valkey.make_folder(settings.data_dir)
    with valkey.socket_path(folder) as socket:
        yield replace(settings, redis_url=f"unix://{socket}"), [services.embedded_valkey(folder, socket)]


class Board:
    """All child processes. The API, which takes longest, starts first. Valkey, which the others need, stops last."""

    def __init__(self, settings: Settings, console: Console, signals: SignalQueue) -> None:
        self.settings = settings
        self.console = console
        self.signals = signals
        self.environment = services.environment(settings)
        self.redis: list[ChildProcess] = []
        self.api_and_workers: list[ChildProcess] = []

    def run(self, redis_services: list[Service], options: Namespace, url: str) -> int:
        try:
            self.api_and_workers = self.start([services.api(options.host, options.port, self.settings.api_processes)])
            self.redis = self.start(redis_services)
            received = self.supervise(until_ready=(options.host, options.port))
            if received is None:
                # The workers start now: until here, the API had the processor for itself.
                self.console.print_plain(f"ready at {url}")
                self.api_and_workers += self.start(services.workers(options.workers))
                open_browser(url, options)
                received = self.supervise()
        finally:
            stop_all(self.api_and_workers, stop_waiting=lambda: not self.signals.empty())
            stop_all(self.redis, stop_waiting=lambda: False)
        return 130 if received == signal.SIGINT else 0

    def start(self, started: list[Service]) -> list[ChildProcess]:
        children = [ChildProcess(service, self.environment, self.console) for service in started]
        for child in children:
            child.start()
        return children

    def supervise(self, until_ready: tuple[str, int] | None = None) -> signal.Signals | None:
        """Restarts children that die. Returns the first signal, or None once the API at `until_ready` answers."""
        while True:
            if until_ready is not None and not all(child.is_alive() for child in self.api_and_workers):
                # If it can't be migrated, the API has ended for this reason, and `up` does.
                migrate_database(read_settings(str(self.settings.data_dir)))
            for child in (*self.redis, *self.api_and_workers):
                child.restart_if_dead()
            if until_ready is not None and is_serving(*until_ready):
                return None
            try:
                return self.signals.get(timeout=STARTING_POLL_SECONDS if until_ready else POLL_SECONDS)
            except queue.Empty:
                continue


def is_serving(host: str, port: int) -> bool:
    """Asks for /healthz without an HTTP client, which would take 2 MB with TLS and all that it imports."""
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(f"GET /healthz HTTP/1.0\r\nHost: {url_host(host)}\r\n\r\n".encode())
            return connection.recv(12)[9:] == b"200"  # of "HTTP/1.1 200"
    except OSError:
        return False


def open_browser(url: str, options: Namespace) -> None:
    """Opens the page where `up` runs in a terminal of a machine with a display."""
    display = sys.platform == "darwin" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if options.no_open or "CI" in os.environ or not display or not sys.stdout.isatty():
        return
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
