"""A learning curve is fitted as it was made."""

import numpy as np
import pytest

from backend.studies.power_law import fit_power_law


def test_a_power_law_is_found_and_its_interval_holds_what_comes() -> None:
    noise = np.random.default_rng(1)
    images = [images for images in (500, 1000, 2000, 4000, 8000) for _ in range(3)]
    law = fit_power_law(images, [0.95 - 8 * n**-0.5 + noise.normal(0, 0.002) for n in images])

    assert law is not None
    assert law.a == pytest.approx(0.95, abs=0.02)
    assert law.c == pytest.approx(-0.5, abs=0.1)
    interval = law.interval(16_000)
    assert interval is not None
    assert interval[0] < 0.95 - 8 * 16_000**-0.5 < interval[1]


def test_three_points_are_fitted_without_an_interval_and_two_are_not() -> None:
    law = fit_power_law([100, 200, 400], [0.5, 0.6, 0.65])

    assert law is not None
    assert law.value(200) == pytest.approx(0.6, abs=1e-4)
    assert law.interval(800) is None
    assert fit_power_law([100, 100, 400], [0.5, 0.6, 0.65]) is None
