"""The first runs in an order are those that sorting all of them finds first, whatever is equal or null."""

import numpy as np
import pytest

from backend.runs.table.columns.order import SAMPLE_KEYS, first

RUNS = 7 * SAMPLE_KEYS
DRAW = np.random.default_rng(0)
KEYS = {
    "different": DRAW.random(RUNS),
    "rising": np.arange(RUNS, dtype=np.float64),
    "falling": -np.arange(RUNS, dtype=np.float64),
    "all equal": np.zeros(RUNS),
    "most equal": np.where(DRAW.random(RUNS) < 0.8, 0.0, DRAW.random(RUNS)),
    "most null": np.where(DRAW.random(RUNS) < 0.999, np.inf, DRAW.random(RUNS)),
    "as often as the sample": np.arange(RUNS) % 7.0,
}


@pytest.mark.parametrize("limit", [1, 51, 3 * SAMPLE_KEYS, RUNS - 1, RUNS, None])
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_the_first_are_those_of_a_sort(keys: np.ndarray, limit: int | None) -> None:
    ids = DRAW.permutation(RUNS).astype(np.float64)
    positions = np.arange(RUNS)

    found = first(positions, keys, lambda runs: ids[runs], limit)

    assert found.tolist() == np.lexsort((ids, keys))[:limit].tolist()


@pytest.mark.parametrize("rare", [51, 100, 400])
def test_first_values_that_the_sample_does_not_see_are_found_without_sorting_all(rare: int) -> None:
    runs = 100_000
    keys = np.full(runs, np.inf)
    keys[DRAW.choice(runs, rare, replace=False)] = DRAW.random(rare)
    ids_read = 0

    def ids(some: np.ndarray) -> np.ndarray:
        nonlocal ids_read
        ids_read += len(some)
        return some.astype(np.float64)

    found = first(np.arange(runs), keys, ids, limit=51)

    assert found.tolist() == np.argsort(keys)[:51].tolist()
    assert ids_read <= rare
