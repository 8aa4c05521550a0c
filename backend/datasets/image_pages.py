"""Selects some images of a stored dataset for a page of thumbnails: those of one class, or of all classes in turn."""

from itertools import chain, zip_longest
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from backend.datasets.images import check_split
from backend.datasets.store import Labels, StoredDataset, StoredSplit
from backend.errors import NotFound


class ImagesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    split: StoredSplit = Field("train", description="the stored split")
    class_: str | None = Field(None, alias="class", max_length=100, description="only this class")
    limit: int = Field(24, ge=1, le=200, description="images at most")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="chooses the images")


class ImageRead(BaseModel):
    """`index` is a position in the stored split, `image` the address of its PNG."""

    index: int
    class_: str = Field(serialization_alias="class")
    image: str


class ImagesRead(BaseModel):
    """`total` counts all images that match the query."""

    split: str
    total: int
    items: list[ImageRead]


def select_images(name: str, dataset: StoredDataset, query: ImagesQuery) -> ImagesRead:
    """Raises NotFound when the dataset has no class of that name, or no such split."""
    check_split(dataset, query.split)
    classes = dataset.manifest.classes
    labels = dataset.labels(query.split)
    selected = range(len(classes)) if query.class_ is None else [_label(classes, query.class_)]
    positions = _round_robin(labels, selected, query.limit, query.seed)
    address = f"/api/datasets/{quote(name, safe='')}/images/{query.split}"
    items = [
        ImageRead(index=position, class_=classes[labels[position]], image=f"{address}/{position}.png")
        for position in positions
    ]
    counts = dataset.manifest.counts[query.split]
    return ImagesRead(split=query.split, total=sum(counts[label] for label in selected), items=items)


def _label(classes: list[str], name: str) -> int:
    if name not in classes:
        raise NotFound(f"There is no class {name!r}; the classes are {', '.join(classes)}.")
    return classes.index(name)


def _round_robin(labels: Labels, selected: range | list[int], limit: int, seed: int) -> list[int]:
    """Returns at most `limit` positions, drawn with `seed`: one image of each class, then a second of each, and so on.

    With more classes than `limit`, the classes are drawn, too.
    """
    rng = np.random.default_rng(seed)
    order = selected if len(selected) <= limit else rng.permutation(np.asarray(selected))
    by_class = [_draw(np.flatnonzero(labels == label), limit, rng) for label in order]
    rounds = chain.from_iterable(zip_longest(*by_class))
    return [position for position in rounds if position is not None][:limit]


def _draw(positions: npt.NDArray[np.intp], limit: int, rng: "np.random.Generator") -> list[int]:
    drawn: list[int] = rng.permutation(positions)[:limit].tolist()
    return drawn
