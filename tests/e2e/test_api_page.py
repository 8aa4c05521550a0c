"""The page of the API, which works without a network: its texts and examples, light and dark."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgba(0, 0, 0, 0)"), ("dark", "rgb(28, 32, 34)")])
def test_the_api_page_follows_the_systems_colours(page: Page, scheme: str, background: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/api/docs")

    operation = page.locator("#operations-runs-create_run")
    expect(operation).to_contain_text("Launch a run")
    operation.locator(".opblock-summary-control").click()
    expect(operation).to_contain_text("digits-quick")
    expect(page.locator("html")).to_have_css("background-color", background)


def test_the_api_page_has_the_theme_that_the_user_switched_to(new_page: Page) -> None:
    new_page.emulate_media(color_scheme="light")
    new_page.add_init_script("localStorage.setItem('epochboard-theme', 'dark')")
    new_page.goto("/api/docs")

    expect(new_page.locator("html")).to_have_class("dark-mode")
