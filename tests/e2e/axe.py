"""Checks a page with axe, a library of accessibility rules."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN_AXE = """async (rules) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}"""
# By default axe applies all rules of WCAG 2.0 and 2.1, levels A and AA, and best practices.
ALL_RULES: dict[str, Any] = {}
RULES_OF_COLOR = {"runOnly": ["color-contrast", "link-in-text-block"]}  # a color scheme changes nothing else
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


def expect_no_faults(page: Page) -> None:
    """Checks the page as it is now in a wide and in a narrow window, in light and dark colors."""
    page.evaluate(AXE.read_text())
    faults = {"wide": _run_axe(page, ALL_RULES)}
    page.emulate_media(color_scheme="dark")
    faults["dark"] = _run_axe(page, RULES_OF_COLOR)
    page.set_viewport_size(NARROW)
    faults["narrow"] = _run_axe(page, ALL_RULES)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    assert faults == {"wide": [], "dark": [], "narrow": []}


def _run_axe(page: Page, rules: dict[str, Any]) -> list[str]:
    faults: list[str] = page.evaluate(RUN_AXE, rules)
    return faults
