"""Where elements of a page lie, in pixels from the top of its window."""

from playwright.sync_api import Locator


def top(place: Locator) -> float:
    return float(place.evaluate("element => element.getBoundingClientRect().top"))


def bottom(place: Locator) -> float:
    return float(place.evaluate("element => element.getBoundingClientRect().bottom"))
