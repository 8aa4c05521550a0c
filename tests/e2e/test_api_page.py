"""The page of the API, which works without a network: its texts and examples, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import expect_no_faults

pytestmark = pytest.mark.slow

# In the markup of Swagger UI itself: a button inside a button, h1 before h3, a description outside of its main part.
SWAGGER_FAULTS = ("nested-interactive", "heading-order", "region")


def test_the_api_page_shows_texts_and_examples_in_the_systems_colours(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/api/docs")
    expect(page.locator("html")).to_have_css("background-color", "rgb(28, 32, 34)")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_css("background-color", "rgba(0, 0, 0, 0)")

    expect(page.get_by_role("button", name="Expand all").first).to_be_visible(timeout=20_000)
    expect_no_faults(page, except_rules=SWAGGER_FAULTS)

    operation = page.locator("#operations-runs-create_run")
    expect(operation).to_contain_text("Launch a run")
    operation.locator(".opblock-summary-control").click()
    expect(operation).to_contain_text("digits-quick")


def test_the_api_page_has_the_theme_that_the_user_switched_to(new_page: Page) -> None:
    new_page.emulate_media(color_scheme="light")
    new_page.add_init_script("localStorage.setItem('epochboard-theme', 'dark')")
    new_page.goto("/api/docs")

    expect(new_page.locator("html")).to_have_class("dark-mode")
