"""The whole program with its real page, and a Chromium that drives it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from backend.settings import Settings
from tests.support.program import Program

# What is asked for can't be had (conflict, invalid, busy): an answer to the person at the page.
TOLD = (409, 422, 503)


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A fresh board: nobody has trained anything on it."""
    page = str(Settings().frontend_dir)
    with Program(tmp_path_factory.mktemp("board"), EPOCHBOARD_FRONTEND_DIR=page).running() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, board: Program) -> Iterator[Page]:
    """A page that fails the test when it asks another origin, breaks its policy, or raises."""
    origin = f"http://127.0.0.1:{board.port}"
    context = browser.new_context(base_url=origin, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"raised: {error}"))
    page.on("request", lambda request: complaints.extend(_foreign(request.url, origin)))
    page.on("console", lambda message: complaints.extend(_grave(message)))
    yield page
    context.close()
    assert complaints == []


def _grave(message: ConsoleMessage) -> list[str]:
    """An error that is no refusal of the board: those the page tells, and browsers note them by themselves."""
    is_told = any(f"status of {status} " in message.text for status in TOLD)
    return [message.text] if message.type == "error" and not is_told else []


def _foreign(url: str, origin: str) -> list[str]:
    return [] if url.startswith((origin, "data:", "blob:")) else [f"asked another origin: {url}"]
