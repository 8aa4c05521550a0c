"""The page of one image: opened from the mistakes, walked through by keys, explained, and changed live."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import expect_no_faults

pytestmark = pytest.mark.slow

HELPER_MS = 60_000  # the first question waits for Keras


def test_a_mistake_has_a_story_and_keys_go_through_the_list(page: Page, digits_run: str) -> None:
    page.goto(f"/runs/{digits_run}")
    page.get_by_test_id("samples").get_by_role("link").nth(1).click()

    expect(page).to_have_url(re.compile(f"/runs/{digits_run}/images/validation/\\d+\\?.*order=confidence"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(", taken for ")
    expect(page.get_by_test_id("answer").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_test_id("story-sentence")).to_contain_text(re.compile("3 epochs"))
    expect(page.get_by_test_id("verdicts")).to_contain_text("this run, epoch")
    position = page.get_by_test_id("position")
    expect(position).to_contain_text(re.compile(r"^2\s?of [\d,]+ mistakes"))
    second = page.url
    page.keyboard.press("k")
    expect(position).to_contain_text(re.compile(r"^3\s?of"))
    page.keyboard.press("j")
    expect(page).to_have_url(second)
    page.go_back()
    expect(page.get_by_test_id("samples")).to_be_visible()


def test_the_page_shows_where_the_network_looks_and_answers_while_a_slider_moves(page: Page, digits_run: str) -> None:
    page.goto(f"/runs/{digits_run}/images/validation/0")
    attention, changed = page.get_by_test_id("attention"), page.get_by_test_id("what-if")

    expect(attention).to_contain_text(re.compile("Map of conv2d|at conv2d"), timeout=HELPER_MS)
    page.get_by_role("button", name="Occlusion").click()
    expect(attention).to_contain_text("grey patches")
    page.keyboard.press("a")
    expect(page.get_by_role("img", name="Evidence for")).to_have_count(0)
    expect(changed).to_contain_text("Not changed")
    page.get_by_label("Rotate").focus()
    page.keyboard.press("End")
    expect(changed).to_contain_text("turned 30°")
    expect(changed).to_contain_text(re.compile(r"Answered in \d+ ms by the model of epoch \d"))
    expect(page.get_by_text(re.compile("throughout|up to|from")).first).to_be_visible()
    expect(page.get_by_test_id("maps").get_by_role("img").first).to_be_visible()
    expect_no_faults(page)
