"""The first runs in an order, found without sorting all."""

import numpy as np

from backend.runs.table.columns.arrays import Keys, Positions


def first(positions: Positions, keys: Keys, ids: Keys, limit: int | None = None) -> Positions:
    """Returns the first `limit` of `positions`, by their keys and then by those of their ids. NaN comes last.

    `keys` and `ids` are those of `positions`.
    """
    keys = np.where(np.isnan(keys), np.inf, keys)
    if limit is not None and limit < len(keys):
        last = np.partition(keys, limit - 1)[limit - 1]
        before, equal = np.flatnonzero(keys < last), np.flatnonzero(keys == last)
        missing = limit - len(before)
        if missing < len(equal):
            equal = equal[np.argpartition(ids[equal], missing - 1)[:missing]]
        chosen = np.concatenate((before, equal))
        positions, keys, ids = positions[chosen], keys[chosen], ids[chosen]
    return positions[np.lexsort((ids, keys))]
