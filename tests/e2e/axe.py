"""Checks a page with axe: by default all its rules for WCAG 2.0 and 2.1, levels A and AA, and best practices."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN_AXE = """async (rules) => {
  const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
  await Promise.allSettled(transitions.map(({ finished }) => finished))
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}"""
RULES_OF_COLOR = {"runOnly": ["color-contrast", "link-in-text-block"]}  # a color scheme changes nothing else
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


def expect_no_faults(page: Page, except_rules: tuple[str, ...] = ()) -> None:
    """Checks the page as it is now in a wide and in a narrow window, in light and dark colors."""
    rules = {"rules": {rule: {"enabled": False} for rule in except_rules}}
    page.evaluate(AXE.read_text())
    faults = {"wide": _run_axe(page, rules)}
    page.emulate_media(color_scheme="dark")
    faults["dark"] = _run_axe(page, RULES_OF_COLOR)
    page.set_viewport_size(NARROW)
    faults["narrow"] = _run_axe(page, rules)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    assert not any(faults.values()), faults


def _run_axe(page: Page, rules: dict[str, Any]) -> list[str]:
    faults: list[str] = page.evaluate(RUN_AXE, rules)
    return faults
