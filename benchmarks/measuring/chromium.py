"""Pages in Chromium: when something is drawn, and how long the main thread is busy at a time."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.measuring.options import Options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESKTOP: Any = {"viewport": {"width": 1440, "height": 900}}
PHONE: Any = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75}
SLOW_PROCESSOR = {"rate": 4}
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
LOAD_MS = """(selector) => new Promise((done) => {
  const drawn = () => requestAnimationFrame(() => setTimeout(() => done(performance.now())))
  const look = () => (document.querySelector(selector) ? drawn() : setTimeout(look, 2))
  look()
})"""
OBSERVE_TASKS = """() => {
  window.tasks = []
  const note = (list) => window.tasks.push(...list.getEntries().map((task) => task.duration))
  new PerformanceObserver(note).observe({ type: 'longtask' })
}"""


@contextmanager
def browser(options: Options) -> Iterator["Browser | None"]:
    """Yields a browser; None for smoke runs, which have no page, and where there is no Chromium."""
    chromium = executable()
    if options.smoke or chromium is None or not importlib.util.find_spec("playwright"):
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


def executable() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def load_ms(chromium: "Browser", address: str, selector: str, *, slow: bool = False) -> float:
    """Returns the milliseconds from opening the address, with an empty cache, until what is selected is drawn.

    `slow` is a phone of a quarter of the processor's speed, 1.6 Mbit/s and 150 ms to the server.
    """
    context = chromium.new_context(**(PHONE if slow else DESKTOP))
    page = context.new_page()
    if slow:
        _slow_down(page)
    page.goto(address, wait_until="commit")
    milliseconds = float(page.evaluate(LOAD_MS, selector))
    context.close()
    return milliseconds


def _slow_down(page: "Page") -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    session.send("Emulation.setCPUThrottlingRate", SLOW_PROCESSOR)


def observe_tasks(page: "Page") -> None:
    """Records the tasks of the main thread from now on; browsers report those of more than 50 ms."""
    page.evaluate(OBSERVE_TASKS)


def observed_tasks(page: "Page") -> list[float]:
    """Returns the milliseconds of each recorded task."""
    return list(page.evaluate("window.tasks"))
