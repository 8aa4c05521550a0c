"""Slices: the accuracy of images that have something in common, and which of them are known less well than by chance.

A slice is tested by a one-sided hypergeometric test: would as many mistakes fall on so many images if they were drawn
from all that have the attribute? Holm's correction guards against the many comparisons.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Indexes
from backend.analysis.statistics.scipy_import import SCIPY_IMPORT

with SCIPY_IMPORT:
    from scipy.stats import hypergeom

QUANTILES = 5  # bins of a number, of about as many images each
MIN_SHARE, MIN_IMAGES = 0.01, 10  # a smaller slice is listed and not tested
LEVEL = 0.05  # probability that any slice is found by chance

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """Images of one kind: those of a `range` of a number, or of one `value`. `title` names them."""

    title: str
    range: tuple[float, float] | None = None
    value: str | None = None


@dataclass(frozen=True)
class Attribute:
    """A property of images. `places` (N,) has the position of each image's bin, -1 for none."""

    key: str
    title: str
    places: Indexes
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Slice:
    """The images of a bin of `attribute`, of one class where `class_` is a position.

    `p_value` is corrected for all comparisons; None: there are too few images to test.
    """

    attribute: Attribute
    place: int
    class_: int | None
    n: int
    right: int
    p_value: float | None

    @property
    def accuracy(self) -> float:
        return self.right / self.n

    @property
    def found(self) -> bool:
        return self.p_value is not None and self.p_value < LEVEL


def number_attribute(
    key: str, title: str, values: npt.NDArray[np.floating], titles: Sequence[str] = ()
) -> Attribute | None:
    """Divides a number into QUANTILES bins of about as many images; None if all values are equal.

    `titles` name the bins from the lowest to the highest; without them, they are named by their range. NaN has no bin.
    """
    known = values[np.isfinite(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, QUANTILES + 1))) if len(known) else np.array([])
    if len(edges) < 2:
        return None
    places = np.searchsorted(edges[1:-1], values, side="right")
    ranges = [(float(low), float(high)) for low, high in pairwise(edges)]
    spread = np.linspace(0, len(titles) - 1, len(ranges)).round().astype(int) if titles else ()
    names = [titles[at] for at in spread] or [f"{title} {range_text(ranges, at)}" for at in range(len(ranges))]
    bins = tuple(Bin(name, limits) for name, limits in zip(names, ranges, strict=True))
    return Attribute(key, title, np.where(np.isfinite(values), places, -1), bins)


def range_text(ranges: Sequence[tuple[float, float]], at: int) -> str:
    """Returns "below 30", "30 to 60" or "from 60"."""
    low, high = ranges[at]
    if at == 0:
        return f"below {_number(high)}"
    return f"from {_number(low)}" if at == len(ranges) - 1 else f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def value_attribute(
    key: str, title: str, codes: Indexes, values: Sequence[str], name: Callable[[str], str] = str
) -> Attribute | None:
    """Divides by value; None if all images have the same. `codes` (N,) are positions in `values`, -1 for none."""
    if len(np.unique(codes[codes >= 0])) < 2:
        return None
    return Attribute(key, title, codes, tuple(Bin(name(value), value=value) for value in values))


def slices(classes: Attribute, attributes: Sequence[Attribute], right: Mask) -> tuple[list[Slice], int]:
    """Returns the slices by each attribute, those of a class and another attribute that were found, and how many were
    compared. `right` (N,) is true where the prediction is."""
    single = [slice_ for attribute in (classes, *attributes) for slice_ in _by_attribute(attribute, right)]
    double = [slice_ for attribute in attributes for slice_ in _by_class_and_attribute(classes, attribute, right)]
    tested = [slice_ for slice_ in (*single, *double) if slice_.p_value is not None]
    corrected = holm([slice_.p_value or 0.0 for slice_ in tested])
    p_values = {id(slice_): p_value for slice_, p_value in zip(tested, corrected, strict=True)}
    every = [replace(slice_, p_value=p_values.get(id(slice_))) for slice_ in (*single, *double)]
    return [slice_ for slice_ in every if slice_.class_ is None or slice_.found], len(tested)


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns the p-values corrected by Holm (1979): the probability that any is below LEVEL by chance is LEVEL."""
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1, np.maximum.accumulate(np.array(p_values)[order] * factors))
    return [float(value) for value in corrected]


def smallest_tested(images: int) -> int:
    return max(MIN_IMAGES, math.ceil(MIN_SHARE * images))


def _by_attribute(attribute: Attribute, right: Mask) -> list[Slice]:
    """Tests each bin against all images that have one: those without may be others, as in a split measured in part."""
    n, hits = _counts(attribute.places, len(attribute.bins), right)
    p_values = _lower_tail(hits, n, int(hits.sum()), int(n.sum()))
    least = smallest_tested(len(right))
    return [
        Slice(
            attribute,
            place,
            None,
            int(n[place]),
            int(hits[place]),
            float(p_values[place]) if n[place] >= least else None,
        )
        for place in np.flatnonzero(n).tolist()
    ]


def _by_class_and_attribute(classes: Attribute, attribute: Attribute, right: Mask) -> list[Slice]:
    """Returns those that are large enough to test: against all images of the class, and all of the bin.

    The larger p-value counts, so that a slice is not found for what its class or its bin alone explains.
    """
    shape = (len(classes.bins), len(attribute.bins))
    cells = np.where(attribute.places >= 0, classes.places.astype(np.int64) * shape[1] + attribute.places, -1)
    n, hits = (counts.reshape(shape) for counts in _counts(cells, shape[0] * shape[1], right))
    rows, columns = np.nonzero(n >= smallest_tested(len(right)))
    cell, sums = (rows, columns), [(counts.sum(axis=1)[rows], counts.sum(axis=0)[columns]) for counts in (hits, n)]
    tails = [_lower_tail(hits[cell], n[cell], *parent) for parent in zip(*sums, strict=True)]
    return [
        Slice(attribute, place, class_, int(n[class_, place]), int(hits[class_, place]), float(p_value))
        for class_, place, p_value in zip(rows.tolist(), columns.tolist(), np.maximum(*tails), strict=True)
    ]


def _counts(places: Indexes, bins: int, right: Mask) -> tuple[Counts, Counts]:
    """Returns how many images each bin has, and how many of them are right."""
    known = places >= 0
    n = np.bincount(places[known], minlength=bins)
    return n, np.bincount(places[known & right], minlength=bins)


def _lower_tail(hits: Counts, n: Counts, all_hits: Counts | int, all_n: Counts | int) -> npt.NDArray[np.float64]:
    """Returns the probability of at most `hits` among `n` images drawn from `all_n`; 1 where the share is not lower."""
    all_hits, all_n = np.broadcast_to(all_hits, n.shape), np.broadcast_to(all_n, n.shape)
    worse = hits * all_n < all_hits * n
    p_values = np.ones(n.shape)
    p_values[worse] = hypergeom.cdf(hits[worse], all_n[worse], all_hits[worse], n[worse])
    return p_values
