"""Runs JavaScript in a page of a headless Chromium, which is driven over pipes by its DevTools protocol.

Playwright would do the same, but brings a browser of its own, which a worker's machine does not need.
"""

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from backend.settings import Settings
from worker.exports.not_proved import NotProved

NAMES = (
    *("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome", "google-chrome-stable"),
    *("microsoft-edge", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
OPTIONS = (
    *("--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    "--disable-background-networking",
    "--no-sandbox",  # which containers don't allow; the browser opens nothing but our own page
)
NO_BROWSER = (
    "webapp.zip is proved in Chromium before it is offered, and there is none {where}. Install Chromium or Chrome "
    "there (Debian: apt-get install chromium) or name its path in EPOCHBOARD_CHROMIUM, then try again."
)
ENDED = "the browser ended"
PIPES = (3, 4)  # file descriptors from which Chromium reads commands and to which it writes
FREE_DESCRIPTOR = 10  # above PIPES, so that setting one does not close the other


class PageError(Exception):
    """Chromium ended, or refused a command, or the page raised an error."""


def find_chromium() -> str:
    """Returns the path of the browser that the settings name, or of the first of NAMES.

    Raises:
        NotProved: this machine has none.
    """
    names = (chromium,) if (chromium := Settings().chromium) else NAMES
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise NotProved(NO_BROWSER.format(where=f"at {chromium}" if chromium else "on the worker's machine"))
    return path


@contextmanager
def opened_page(chromium: str, address: str) -> Iterator["Page"]:
    """Opens the address in a new browser, and waits until it is loaded. Raises PageError, as the page's methods do."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process, commands, messages = _start([chromium, *OPTIONS, f"--user-data-dir={profile}", "about:blank"])
        try:
            with commands, messages:
                page = Page(commands, messages)
                page.open(address)
                yield page
                page.command("Browser.close")
        except BrokenPipeError as error:
            raise PageError(ENDED) from error
        finally:
            os.waitpid(process, 0)


def _start(command: list[str]) -> tuple[int, IO[bytes], IO[bytes]]:
    """Starts Chromium, which ends when its pipes are closed. Returns its process id, and the ends of its pipes."""
    their_input, our_output = _pipe()
    our_input, their_output = _pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, their_input, PIPES[0]),
        (os.POSIX_SPAWN_DUP2, their_output, PIPES[1]),
        (os.POSIX_SPAWN_OPEN, sys.stderr.fileno(), os.devnull, os.O_WRONLY, 0),  # it warns of missing services
    ]
    # Of the folder of a job's temporary files, the path is often longer than that of a socket may be.
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    process = os.posix_spawn(command[0], command, environment, file_actions=actions)
    os.close(their_input)
    os.close(their_output)
    return process, os.fdopen(our_output, "wb"), os.fdopen(our_input, "rb")


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


class Page:
    """A page of a browser. Its methods raise PageError."""

    def __init__(self, commands: IO[bytes], messages: IO[bytes]) -> None:
        self._commands, self._messages = commands, messages
        self._last_id = 0
        self._session: dict[str, str] = {}
        self.browser = f"Chromium {self.command('Browser.getVersion')['product'].partition('/')[2]}"
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}

    def open(self, address: str) -> None:
        self.command("Page.enable")
        if "errorText" in (answer := self.command("Page.navigate", url=address)):
            raise PageError(f"{address}: {answer['errorText']}")
        while self._read().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression: str) -> Any:
        """Returns the JSON value of an expression, or of its promise."""
        answer = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise PageError(answer["exceptionDetails"].get("exception", {}).get("description", "the page failed"))
        return answer["result"].get("value")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters, **self._session}
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while (answer := self._read()).get("id") != self._last_id:
            pass
        if "error" in answer:
            raise PageError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        """Returns the next message; each ends with a zero byte."""
        parts = bytearray()
        while (byte := self._messages.read(1)) not in (b"", b"\0"):
            parts += byte
        if not byte:
            raise PageError(ENDED)
        message: dict[str, Any] = json.loads(parts)
        return message
