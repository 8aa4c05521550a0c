"""Orders classes so that those that are confused lie beside each other, by hierarchical clustering (SciPy)."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from backend.analysis.confusion import Counts
from backend.analysis.statistics.scipy_import import SCIPY_IMPORT

with SCIPY_IMPORT:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

KEPT_ORDERS = 32  # matrices whose order stays in memory: 0.2 MB each of 1,000 classes
MAX_OPTIMAL = 200  # classes whose leaves are ordered optimally, in 0.2 s at most; 1,000 may take 40 s


@dataclass(frozen=True)
class Merge:
    """Two clusters become one at `height`, 0 to 1. Clusters below the number of classes are classes; merge i makes
    the cluster of that number plus i."""

    left: int
    right: int
    height: float


@dataclass(frozen=True)
class ClassOrder:
    """`order` has the class indexes in the order of the tree's leaves; `merges` is the tree, from the bottom."""

    order: list[int]
    merges: list[Merge]


_orders: OrderedDict[bytes, ClassOrder] = OrderedDict()
_lock = Lock()


def by_similarity(counts: Counts) -> ClassOrder:
    """Returns the order of at least two classes. It is computed once for a matrix, while KEPT_ORDERS hold it."""
    key = hashlib.blake2b(counts.tobytes()).digest()
    with _lock:
        order = _orders.pop(key, None) or _clustered(counts)
        _orders[key] = order
        while len(_orders) > KEPT_ORDERS:
            _orders.popitem(last=False)
    return order


def _clustered(counts: Counts) -> ClassOrder:
    """Clusters by average linkage of confusion rates.

    Up to MAX_OPTIMAL classes the leaves are ordered optimally: the neighbours of two clusters are confused, too.
    """
    distances, is_optimal = squareform(_distances(counts), checks=False), len(counts) <= MAX_OPTIMAL
    tree = linkage(distances, "average", optimal_ordering=is_optimal)
    merges = [Merge(int(left), int(right), round(float(height), 4)) for left, right, height, _ in tree]
    return ClassOrder(leaves_list(tree).tolist(), merges)


def _distances(counts: Counts) -> npt.NDArray[np.float64]:
    """Returns 0 for the two classes that are confused most, 1 for classes that are never confused.

    The root spreads small rates, which would otherwise all lie close to 1.
    """
    rates = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mutual = rates + rates.T
    np.fill_diagonal(mutual, 0)
    distances: npt.NDArray[np.float64] = 1 - np.sqrt(mutual / max(mutual.max(), 1e-12))
    np.fill_diagonal(distances, 0)
    return distances
