"""Paired tests are SciPy's own, and a learning curve is fitted as it was made."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from backend.studies.statistics import fit_power_law, paired_t_test

FIRST = {0: 0.81, 1: 0.83, 2: 0.80, 3: 0.84}
SECOND = {1: 0.85, 2: 0.83, 3: 0.84, 9: 0.99}


def test_the_paired_test_is_scipys_on_the_shared_seeds() -> None:
    expected = ttest_rel([SECOND[seed] for seed in (1, 2, 3)], [FIRST[seed] for seed in (1, 2, 3)])
    result = paired_t_test(FIRST, SECOND)

    assert result is not None
    assert result.n == 3
    assert result.difference == pytest.approx(0.05 / 3)
    assert result.p_value == pytest.approx(expected.pvalue)
    assert result.interval == pytest.approx(tuple(expected.confidence_interval()))


def test_one_shared_seed_has_a_difference_and_no_test() -> None:
    result = paired_t_test({0: 0.5}, {0: 0.75, 1: 0.9})

    assert result is not None
    assert (result.n, result.difference, result.interval, result.p_value) == (1, 0.25, None, None)
    assert paired_t_test({0: 0.5}, {1: 0.5}) is None


def test_equal_values_differ_by_chance_at_most() -> None:
    result = paired_t_test(FIRST, FIRST)

    assert result is not None
    assert (result.difference, result.p_value) == (0, 1)


def test_equal_differences_of_few_seeds_may_be_chance() -> None:
    two = paired_t_test({0: 0.5, 1: 0.6}, {0: 0.51, 1: 0.61})
    six = paired_t_test(dict.fromkeys(range(6), 0.5), dict.fromkeys(range(6), 0.51))

    assert two is not None
    assert six is not None
    assert (two.p_value, two.interval) == (0.5, None)
    assert six.p_value == 0.03125


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
