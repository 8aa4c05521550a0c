"""A browser that can't start is not taken for a network that can't be exported."""

import shutil

import pytest

from worker.exports.chromium import PageError, opened_page


def test_a_browser_that_ends_at_once_is_reported() -> None:
    ends = shutil.which("false")
    assert ends is not None

    with pytest.raises(PageError, match="the browser ended"), opened_page(ends, "about:blank"):
        pass
