"""Which images of a dataset are looked at: those of one class, or the classes in turn."""

from itertools import chain, zip_longest
from typing import Literal
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from backend.datasets.store import Labels, StoredDataset
from backend.errors import NotFound


class ImagesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    split: Literal["train", "test"] = "train"
    class_: str | None = Field(None, alias="class")
    limit: int = Field(24, ge=1, le=200)
    seed: int = Field(0, ge=0, le=2**31 - 1)


class ImageRead(BaseModel):
    """`index` is a position in the stored split, `image` the address of its PNG."""

    index: int
    class_: str = Field(serialization_alias="class")
    image: str


class ImagesRead(BaseModel):
    """`total` counts all images that the query fits."""

    split: str
    total: int
    items: list[ImageRead]


def page(name: str, dataset: StoredDataset, query: ImagesQuery) -> ImagesRead:
    """Raises NotFound when the dataset has no class of that name."""
    classes = dataset.manifest.classes
    labels = dataset.labels(query.split)
    wanted = range(len(classes)) if query.class_ is None else [_index(classes, query.class_)]
    positions = _in_turn(labels, wanted, query.limit, query.seed)
    address = f"/api/datasets/{quote(name, safe='')}/images/{query.split}"
    items = [ImageRead(index=at, class_=classes[labels[at]], image=f"{address}/{at}.png") for at in positions]
    counts = dataset.manifest.counts[query.split]
    return ImagesRead(split=query.split, total=sum(counts[label] for label in wanted), items=items)


def _index(classes: list[str], name: str) -> int:
    if name not in classes:
        raise NotFound(f"There is no class {name!r}; the classes are {', '.join(classes)}.")
    return classes.index(name)


def _in_turn(labels: Labels, wanted: range | list[int], limit: int, seed: int) -> list[int]:
    """At most `limit` positions: one of each class, then a second of each, drawn by `seed`; where the classes are more
    than that, they are drawn, too."""
    draw = np.random.default_rng(seed)
    order = wanted if len(wanted) <= limit else draw.permutation(np.asarray(wanted))
    drawn = [_some(np.flatnonzero(labels == label), limit, draw) for label in order]
    turns = chain.from_iterable(zip_longest(*drawn))
    return [position for position in turns if position is not None][:limit]


def _some(positions: npt.NDArray[np.intp], limit: int, draw: np.random.Generator) -> list[int]:
    chosen: list[int] = draw.permutation(positions)[:limit].tolist()
    return chosen
