"""Finds images that are in a dataset twice, nearly twice, or are unlike the others of their class. Reads only pixels.

Two images are near duplicates if their grey values differ by at most MAX_DIFFERENCE levels of 255 (root mean square),
after the mean of each is taken away, so that a slightly brighter copy is one, too. The search compares thumbnails: one
of means never differs more than the image does, so none is missed. A perceptual hash alone is too coarse for small
pictures: among the 70,000 of Fashion-MNIST, 5.1 million pairs differ in at most 3 of the 64 bits of a dHash.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Floats, Indexes

SIDE = 8  # of a thumbnail
MAX_DIFFERENCE = 12.0  # grey levels of 255, root mean square
MAX_BRIGHTER = 40.0  # grey levels: images without contrast would all be near duplicates
MAX_CANDIDATES = 2_000_000  # pairs of similar thumbnails whose images are compared; 16 MB
MAX_PAIRS = 2_000  # that are kept, the most alike first
MAX_OUTLIERS = 400  # that are kept, the most unlike first
NEIGHBOURS = 5  # an outlier is far from that many images of its class
MAX_REFERENCES = 4_000  # images of a class that others are compared with, evenly chosen
BLOCK = 256  # images that are compared with all others at once: 100 MB for 100,000


class Images(Protocol):
    """Images by their rows, uint8 of shape (n, H, W, C): an array, or several arrays one after the other."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice | Indexes, /) -> npt.NDArray[Any]: ...


@dataclass(frozen=True)
class NearDuplicates:
    """`pairs` (P, 2) are rows of images, the most alike first, and `difference` (P,) their difference."""

    pairs: Indexes
    difference: Floats
    is_complete: bool


def equal_images(images: Images) -> list[list[int]]:
    """Returns the rows of images with identical pixels, in groups of two and more."""
    groups: dict[bytes, list[int]] = {}
    for block in _slices(len(images), BLOCK):
        for row, pixels in enumerate(images[block], start=block.start):
            groups.setdefault(hashlib.blake2b(pixels.tobytes(), digest_size=16).digest(), []).append(row)
    return [rows for rows in groups.values() if len(rows) > 1]


def thumbnails(images: Images) -> Floats:
    """Returns the means of SIDE × SIDE parts of each image's grey values, float32 of shape (n, SIDE²)."""
    rows, columns = _shares(images.shape[1]), _shares(images.shape[2])
    parts = [rows @ _grey(images[block]) @ columns.T for block in _slices(len(images), BLOCK)]
    return np.concatenate(parts).reshape(len(images), -1)


def near_duplicates(images: Images, small: Floats) -> NearDuplicates:
    """Returns pairs of images that differ little, but not those with identical pixels. `small` are their thumbnails."""
    candidates, is_complete = _similar(small - small.mean(axis=1, keepdims=True))
    difference = np.concatenate([np.zeros(0), *(_differences(images, part) for part in _parts(candidates, BLOCK))])
    near = np.flatnonzero(difference <= MAX_DIFFERENCE)
    order = near[np.argsort(difference[near], kind="stable")]
    kept = order[:MAX_PAIRS]
    return NearDuplicates(candidates[kept], difference[kept], is_complete and len(kept) == len(order))


def unlike_their_class(small: Floats, labels: Indexes) -> tuple[Indexes, Floats]:
    """Returns the rows of images that are far from all others of their class, and how far: 2 is twice the usual.

    The distance is that to the fifth nearest thumbnail of the class, and the usual one is its median in the class.
    """
    distance = np.zeros(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) > 2 * NEIGHBOURS:
            far = _distance_to_neighbours(small[rows])
            distance[rows] = far / max(float(np.median(far)), 1e-6)
    order = np.argsort(-distance, kind="stable")[:MAX_OUTLIERS]
    order = order[distance[order] > 1]
    return order, distance[order]


def _similar(small: Floats) -> tuple[Indexes, bool]:
    """Returns the pairs of rows whose thumbnails differ by at most MAX_DIFFERENCE, and whether these are all.

    Thumbnails are sorted along their direction of most variance, and compared only where they are near in it.
    """
    limit = MAX_DIFFERENCE**2 * small.shape[1]
    along = small @ np.linalg.eigh(small.T @ small)[1][:, -1]
    order = np.argsort(along, kind="stable")
    small, along = small[order], along[order]
    squares = (small**2).sum(axis=1)
    ends = np.searchsorted(along, along + np.sqrt(limit), side="right")
    found, total = [np.zeros((0, 2), np.int64)], 0
    for rows in _slices(len(small), BLOCK):
        others = slice(rows.start, ends[rows][-1])
        distance = squares[rows, None] + squares[None, others] - 2 * (small[rows] @ small[others].T)
        first, second = np.nonzero(distance <= limit)
        pairs = np.stack([first, second], axis=1)[second > first] + rows.start
        found.append(np.sort(order[pairs], axis=1))
        total += len(pairs)
        if total > MAX_CANDIDATES:
            return np.concatenate(found)[:MAX_CANDIDATES], False
    return np.concatenate(found), True


def _differences(images: Images, pairs: Indexes) -> Floats:
    """Returns the root mean square differences; infinity for identical pixels, and where one is much brighter."""
    first, second = (_grey(images[pairs[:, side]]).reshape(len(pairs), -1) for side in (0, 1))
    first -= second
    brighter = first.mean(axis=1, keepdims=True)
    is_other = ~first.any(axis=1) | (abs(brighter[:, 0]) > MAX_BRIGHTER)
    first -= brighter
    return np.where(is_other, np.inf, np.sqrt(np.mean(first**2, axis=1)))


def _distance_to_neighbours(small: Floats) -> Floats:
    references = small[:: -(-len(small) // MAX_REFERENCES)]
    squares = (references**2).sum(axis=1)
    far = []
    for rows in _slices(len(small), BLOCK):
        own = (small[rows] ** 2).sum(axis=1)
        distance = own[:, None] + squares[None] - 2 * (small[rows] @ references.T)
        nearest = np.partition(distance, NEIGHBOURS, axis=1)[:, NEIGHBOURS]  # the nearest may be the image itself
        far.append(np.sqrt(np.maximum(nearest, 0)))
    return np.concatenate(far)


def _grey(images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    grey: npt.NDArray[np.float32] = np.mean(images, axis=3, dtype=np.float32)
    return grey


def _shares(size: int) -> npt.NDArray[np.float32]:
    """Returns by how much each pixel belongs to each of SIDE equal parts, (SIDE, size); each row has the sum 1."""
    edges = np.linspace(0, size, SIDE + 1)
    pixels = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    shares: npt.NDArray[np.float32] = np.maximum(overlap, 0).astype(np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _slices(length: int, step: int) -> Iterator[slice]:
    return (slice(start, start + step) for start in range(0, length, step))


def _parts(pairs: Indexes, step: int) -> Iterator[Indexes]:
    return (pairs[rows] for rows in _slices(len(pairs), step))
