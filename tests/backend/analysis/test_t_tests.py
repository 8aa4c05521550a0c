"""The t-tests are SciPy's own."""

import pytest
from scipy.stats import ttest_ind, ttest_rel

from backend.analysis.statistics.t_tests import paired_t_test, welch_t_test

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


def test_welchs_test_is_scipys() -> None:
    first, second = [0.91, 0.92, 0.915, 0.93], [0.90, 0.91, 0.88]
    expected = ttest_ind(first, second, equal_var=False)
    result = welch_t_test(first, second)

    assert result.difference == pytest.approx(sum(first) / 4 - sum(second) / 3)
    assert result.p_value == pytest.approx(expected.pvalue)
    assert result.interval == pytest.approx(tuple(expected.confidence_interval()))


@pytest.mark.parametrize(("first", "second"), [([0.9], [0.8, 0.7]), ([0.9, 0.9], [0.8, 0.8])])
def test_without_a_spread_in_both_groups_there_is_no_test(first: list[float], second: list[float]) -> None:
    result = welch_t_test(first, second)

    assert (result.interval, result.p_value) == (None, None)
    assert result.difference > 0
