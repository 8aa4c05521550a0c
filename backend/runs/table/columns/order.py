"""The first runs in an order, found without sorting all."""

from collections.abc import Callable

import numpy as np

from backend.runs.table.columns.arrays import Keys, Positions

SAMPLE_KEYS = 1_000  # by which it is estimated below which one the first are
MARGIN = 4  # keys of the sample
PRIME = 15_485_863  # steps from one key of the sample to the next: values that repeat are all in it

Ids = Callable[[Positions], Keys]  # the keys of the ids of runs


def first(positions: Positions, keys: Keys, ids: Ids, limit: int | None = None) -> Positions:
    """Returns the first `limit` of `positions`, by their keys and then by those of their ids. Keys have no NaN."""
    if limit is not None and limit < len(keys):
        before, equal = _split(keys, limit)
        missing = max(0, limit - len(before))
        if missing < len(equal):
            equal = equal[np.concatenate(_split(ids(positions[equal]), missing))] if missing else equal[:0]
        chosen = np.concatenate((before, equal))
        positions, keys = positions[chosen], keys[chosen]
    return positions[np.lexsort((ids(positions), keys))[:limit]]


def _split(keys: Keys, limit: int) -> tuple[Positions, Positions]:
    """Returns where keys lie below a bound, and where they equal it: at least `limit` together, and few below it."""
    sample = np.sort(keys[np.arange(SAMPLE_KEYS) * PRIME % len(keys)] if len(keys) > SAMPLE_KEYS else keys)
    place = limit * len(sample) // len(keys) + MARGIN
    while place < len(sample):
        bound = sample[place]
        if np.count_nonzero(keys <= bound) >= limit:
            return np.flatnonzero(keys < bound), np.flatnonzero(keys == bound)
        place *= 2
    return np.arange(len(keys)), np.arange(0)
