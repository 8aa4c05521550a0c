"""The whole program with its built page, and a Chromium that opens it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from backend.settings import Settings
from tests.support.files.fake_camera import write_video
from tests.support.service.program import Program, slow_spec

# Statuses that the page explains to its user (conflict, invalid, busy). Browsers log each of them as an error.
EXPLAINED_STATUSES = (409, 422, 503)
WINDOW = ViewportSize(width=1440, height=900)


@pytest.fixture(scope="package")  # an idle program takes processor time from the tests after it
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program without runs, shared by the browser tests."""
    page = str(Settings().frontend_dir)
    settings = {"EPOCHBOARD_FRONTEND_DIR": page, "EPOCHBOARD_PREFORK": "true"}
    settings["EPOCHBOARD_STALL_SECONDS"] = "36000"  # a trainer that a test suspends is not reported as stalled
    with Program(tmp_path_factory.mktemp("board"), **settings).running() as running:
        yield running


@pytest.fixture(scope="package")
def digits_run(board: Program) -> str:
    """The id of a finished run of three epochs, which tests look at and do not change."""
    run_id = board.launch(spec=slow_spec(3), name="digits")
    board.ended(run_id)
    return run_id


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium with a fake camera, which a test's page may use once its context grants that."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        video = write_video(tmp_path_factory.mktemp("camera") / "mug-and-bottle.y4m")
        camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"]
        args = ["--no-sandbox", "--disable-gpu", *camera]
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def tab(browser: Browser, board: Program) -> Iterator[Page]:
    """The tab of all tests: a new one starts a process and reads the page's files, for 0.7 s of processor time."""
    context = browser.new_context(**_options(board))
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, board: Program) -> Iterator[Page]:
    """The tab with nothing left in it from other tests, watched for errors.

    A test that adds scripts or permissions, or slows or closes the tab, takes `new_page`.
    """
    with _without_errors(tab, board):
        yield tab
        _leave(tab, board)


@pytest.fixture
def new_page(browser: Browser, board: Program) -> Iterator[Page]:
    """A tab of the test's own, watched for errors."""
    context = browser.new_context(**_options(board))
    page = context.new_page()
    with _without_errors(page, board):
        yield page
        context.close()


def _options(board: Program) -> Any:
    return {"base_url": _origin(board), "viewport": WINDOW, "accept_downloads": True}


def _origin(board: Program) -> str:
    return f"http://127.0.0.1:{board.port}"


def _leave(tab: Page, board: Program) -> None:
    """Closes what the test opened, and removes its data and what it has set."""
    for page in tab.context.pages:
        if page is not tab:
            page.close()
    tab.unroute_all()
    tab.goto("/healthz")  # of the same origin, and without scripts that would store something again
    tab.evaluate("sessionStorage.clear()")
    session = tab.context.new_cdp_session(tab)
    session.send("Storage.clearDataForOrigin", {"origin": _origin(board), "storageTypes": "all"})
    session.detach()
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size(WINDOW)


@contextmanager
def _without_errors(page: Page, board: Program) -> Iterator[None]:
    """Fails the test when the page requests another origin, logs an error, or raises."""
    errors: list[str] = []
    listeners: dict[Any, Any] = {
        "pageerror": lambda error: errors.append(f"raised: {error}"),
        "request": lambda request: errors.extend(_foreign_origin(request.url, _origin(board))),
        "console": lambda message: errors.extend(_unexplained_error(message)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert errors == []


def _unexplained_error(message: ConsoleMessage) -> list[str]:
    is_explained = any(f"status of {status} " in message.text for status in EXPLAINED_STATUSES)
    is_of_browser = message.location["url"].endswith("/favicon.ico")  # which it looks for beside /healthz
    return [message.text] if message.type == "error" and not (is_explained or is_of_browser) else []


def _foreign_origin(url: str, origin: str) -> list[str]:
    return [] if url.startswith((origin, "data:", "blob:")) else [f"requested another origin: {url}"]
