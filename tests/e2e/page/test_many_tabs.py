"""Eight tabs at once. A browser allows six connections to a server, so the tabs share one event stream."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.service.program import Program, slow_spec

pytestmark = pytest.mark.slow

PING_MS, ANSWER_MS = 5_000, 2_000  # tab-election.ts
EPOCHS = 9000  # more than the tests watch
NO_WORKER = "delete globalThis.SharedWorker"
FORBIDDEN_WORKER = "globalThis.SharedWorker = class { constructor() { throw new DOMException('', 'SecurityError') } }"

# The bar at the top says "epoch 12 of 9000".
EPOCH = re.compile(r"epoch (\d+) of")
SHOWS_A_LATER_EPOCH = """epoch => {
  const text = document.querySelector('[data-testid=status-bar]').innerText
  return Number(text.match(/epoch (\\d+) of/)?.[1]) > epoch
}"""


@pytest.fixture(scope="module")
def _run(board: Program) -> Iterator[None]:
    run_id = board.launch(spec=slow_spec(EPOCHS))
    board.at_epoch(run_id, 1)
    yield
    board.post(f"/api/runs/{run_id}/stop", b'{"mode": "kill"}')


@pytest.fixture
def context(browser: Browser, board: Program, _run: None) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{board.port}")
    yield context
    context.close()


def test_eight_tabs_without_a_shared_worker_go_on_when_the_leading_one_is_frozen_or_closed(
    context: BrowserContext,
) -> None:
    tabs = [open_tab(context, script) for script in [NO_WORKER, FORBIDDEN_WORKER] * 4]
    expect_new_epochs(tabs)

    frozen = tabs.pop(0)
    announce(frozen, "freeze")
    last = shown_epoch(frozen)
    expect_new_epochs(tabs)
    assert shown_epoch(frozen) <= last + 1

    tabs.pop(0).close()
    expect_new_epochs(tabs)

    announce(frozen, "resume")
    expect_new_epochs([frozen])


def test_a_visible_tab_takes_over_from_one_that_no_longer_answers(context: BrowserContext) -> None:
    first, second = context.new_page(), context.new_page()
    second.clock.install()
    for page in (first, second):
        page.add_init_script(NO_WORKER)
        page.goto("/workers")
    expect_new_epochs([first, second])

    first.evaluate("BroadcastChannel.prototype.postMessage = () => undefined")
    second.clock.run_for(PING_MS)
    second.clock.run_for(ANSWER_MS)

    expect_new_epochs([second])


def test_tabs_with_a_shared_worker_go_on_when_the_first_is_closed(context: BrowserContext) -> None:
    first, second = open_tab(context), open_tab(context)
    expect_new_epochs([first, second])

    first.close()

    expect_new_epochs([second])


def open_tab(context: BrowserContext, script: str = "") -> Page:
    page = context.new_page()
    page.add_init_script(script)
    page.goto("/workers")
    return page


def announce(page: Page, event: Literal["freeze", "resume"]) -> None:
    """Sends the event with which a browser announces that it freezes a hidden tab. A headless tab is never hidden."""
    page.evaluate("kind => document.dispatchEvent(new Event(kind))", event)


def expect_new_epochs(tabs: list[Page]) -> None:
    """Waits for more epochs than may be on their way to a tab that no longer follows."""
    for page, epoch in [(page, shown_epoch(page) + 2) for page in tabs]:
        page.wait_for_function(SHOWS_A_LATER_EPOCH, arg=epoch, timeout=5_000)


def shown_epoch(page: Page) -> int:
    bar = page.get_by_test_id("status-bar")
    expect(bar).to_contain_text(EPOCH)
    match = EPOCH.search(bar.inner_text())
    return int(match[1]) if match else 0
