"""Pages of what comparing images found: one picture with two labels, near duplicates, and images unlike their class."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy.orm import Session

from backend.datasets.images import open_dataset
from backend.datasets.pictures.image_checks import ImageChecks, Place, read_checks
from backend.datasets.store import StoredDataset
from backend.db.models import Dataset
from backend.labels.decisions import decisions_of
from backend.labels.schemas import ImagePlace, LabelDecisionRead
from backend.runs.sample_pages import image_path
from backend.runs.table import cursors
from backend.runs.table.cursors import MAX_LENGTH

Status = Literal["ready", "computing", "failed"]
Kind = Literal["contradictions", "near"]
POSITION = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**31)]])
T = TypeVar("T")


class ChecksQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(24, ge=1, le=200, description="items of a page")
    cursor: str | None = Field(None, max_length=MAX_LENGTH, description="`next_cursor` of the previous page")


class DuplicatesQuery(ChecksQuery):
    kind: Kind = Field(
        "contradictions",
        description="`contradictions`: identical pixels under several labels; `near`: images that differ little, or "
        "are equal, in other splits or under other labels",
    )


class LabelledImage(ImagePlace):
    label: str
    decision: LabelDecisionRead | None


class Duplicate(BaseModel):
    """Images of one picture. `difference` is 0 for identical pixels, else in grey levels of 255, root mean square."""

    images: list[LabelledImage]
    difference: float


class Duplicates(BaseModel):
    """While `status` is `computing`, ask again. `images` were compared; the list is complete unless that says no.

    `seen_in_train` counts the held-out images, by split, that have a duplicate or a near duplicate in train.
    """

    status: Status
    error: str | None
    items: list[Duplicate]
    next_cursor: str | None
    total: int
    images: int
    is_complete: bool
    seen_in_train: dict[str, int]


class Outlier(LabelledImage):
    """`times` is the distance to the nearest images of its class, in multiples of the usual one."""

    times: float


class Outliers(BaseModel):
    """While `status` is `computing`, ask again."""

    status: Status
    error: str | None
    items: list[Outlier]
    next_cursor: str | None
    total: int


def find_duplicates(session: Session, data_dir: Path, name: str, query: DuplicatesQuery) -> Duplicates:
    """Returns a page of pictures that are in the dataset more than once.

    Raises:
        NotFound: There is no such dataset, or it is not ready.
    """
    found = _Found.of(session, data_dir, name)
    groups = found.contradictions() if query.kind == "contradictions" else found.duplicates()
    page, next_cursor = found.page(groups, query, query.kind)
    images = found.images([place for places, _ in page for place in places])
    return Duplicates(
        status=found.status,
        error=found.checks.error,
        items=[Duplicate(images=[images[place] for place in places], difference=far) for places, far in page],
        next_cursor=next_cursor,
        total=len(groups),
        images=found.checks.images,
        is_complete=query.kind == "contradictions" or found.checks.is_near_complete,
        seen_in_train=found.seen_in_train(),
    )


def find_outliers(session: Session, data_dir: Path, name: str, query: ChecksQuery) -> Outliers:
    """Returns a page of images that are unlike the others of their class. Raises NotFound as `find_duplicates`."""
    found = _Found.of(session, data_dir, name)
    page, next_cursor = found.page(found.checks.unlike, query, "outliers")
    images = found.images([unlike.place for unlike in page])
    return Outliers(
        status=found.status,
        error=found.checks.error,
        items=[Outlier(**images[unlike.place].model_dump(), times=unlike.times) for unlike in page],
        next_cursor=next_cursor,
        total=len(found.checks.unlike),
    )


class _Found:
    """What was found in a dataset, with its labels."""

    def __init__(self, session: Session, name: str, dataset: StoredDataset, checks: ImageChecks | None) -> None:
        self._session, self._name, self._dataset = session, name, dataset
        self.checks = checks or ImageChecks()
        self.status: Status = "computing" if checks is None else "failed" if checks.error else "ready"

    @classmethod
    def of(cls, session: Session, data_dir: Path, name: str) -> "_Found":
        dataset = open_dataset(session, data_dir, name)
        folder = data_dir / str(session.get_one(Dataset, name).folder)
        return cls(session, name, dataset, read_checks(folder))

    def label(self, place: Place) -> int:
        return int(self._dataset.labels(place[0])[place[1]])

    def contradictions(self) -> list[tuple[list[Place], float]]:
        return [(places, 0.0) for places in self.checks.equal if len(set(map(self.label, places))) > 1]

    def duplicates(self) -> list[tuple[list[Place], float]]:
        """Returns duplicates and near duplicates in other splits or under other labels."""
        equal = [(places, 0.0) for places in self.checks.equal if self._crosses(places)]
        near = [([pair.first, pair.second], pair.difference) for pair in self.checks.near]
        return [*equal, *((places, far) for places, far in near if self._crosses(places))]

    def seen_in_train(self) -> dict[str, int]:
        pairs = [[pair.first, pair.second] for pair in self.checks.near]
        groups = [places for places in (*self.checks.equal, *pairs) if any(split == "train" for split, _ in places)]
        seen = {place for places in groups for place in places if place[0] != "train"}
        return dict(Counter(split for split, _ in sorted(seen)))

    def _crosses(self, places: Sequence[Place]) -> bool:
        return len({split for split, _ in places}) > 1 or len(set(map(self.label, places))) > 1

    def page(self, items: Sequence[T], query: ChecksQuery, kind: str) -> tuple[Sequence[T], str | None]:
        of_all_pages = (self._dataset.manifest.content_hash, kind)
        start = cursors.decode(query.cursor, of_all_pages, POSITION)[0] if query.cursor else 0
        end = start + query.limit
        return items[start:end], cursors.encode(of_all_pages, [end]) if end < len(items) else None

    def images(self, places: Sequence[Place]) -> dict[Place, LabelledImage]:
        decisions = decisions_of(self._session, self._name, places)
        names = self._dataset.manifest.classes
        return {
            place: LabelledImage(
                split=place[0],
                index=place[1],
                image=image_path(self._name, *place),
                label=names[self.label(place)],
                decision=decisions.get(place),
            )
            for place in places
        }
