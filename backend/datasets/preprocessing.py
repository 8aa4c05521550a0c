"""What becomes of a picture before a network sees it. It is kept with the run, whatever happens to its dataset."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import Fit, PictureOptions
from backend.datasets.store import Manifest
from backend.db.models import Dataset, Run
from backend.errors import Conflict
from backend.spec import RunSpec, Scaling

BUILT_IN_FIT: Fit = "stretch"


class Statistics(BaseModel):
    """What `standard` takes away and divides by, by channel, in levels from 0 to 255."""

    mean: list[float]
    deviation: list[float]


class Preprocessing(BaseModel):
    """`image_shape` is (height, width, channels); `classes` are in the order of the network's answers."""

    classes: list[str]
    image_shape: tuple[int, int, int]
    fit: Fit
    scaling: Scaling
    statistics: Statistics | None = None

    @property
    def options(self) -> PictureOptions:
        """As what a picture is read. Datasets have square images."""
        side, _, channels = self.image_shape
        return PictureOptions(image_size=side, fit=self.fit, color="grayscale" if channels == 1 else "rgb")


def of_dataset(manifest: Manifest, scaling: Scaling, statistics: dict[str, Any] | None) -> Preprocessing:
    """What a run on this dataset does; `statistics` are there for the scaling `standard` alone."""
    return Preprocessing.model_validate(
        {
            "classes": manifest.classes,
            "image_shape": manifest.image_shape,
            "fit": manifest.fit or BUILT_IN_FIT,
            "scaling": scaling,
            "statistics": statistics,
        }
    )


def of_run(session: Session, run: Run) -> Preprocessing:
    """What the run did with its images.

    Raises:
        Conflict: it was trained before this was kept with a run, and its dataset is gone or another one.
    """
    if run.preprocessing is not None:
        return Preprocessing.model_validate(run.preprocessing)
    scaling = RunSpec.model_validate(run.spec).preprocessing.scaling
    if scaling == "standard" and run.pixel_statistics is None:
        raise _unknown(run, "the mean and deviation that its pixels are scaled by were not kept")
    return of_dataset(_manifest(session, run), scaling, run.pixel_statistics)


def _manifest(session: Session, run: Run) -> Manifest:
    row = session.get(Dataset, run.dataset)
    if row is not None and row.manifest and run.dataset_hash in (None, row.manifest["content_hash"]):
        return Manifest(**row.manifest)
    if run.dataset not in BUILT_IN:
        raise _unknown(run, f"its dataset {run.dataset!r} is gone, or another one by now")
    known = BUILT_IN[run.dataset]
    return Manifest(run.dataset, list(known.classes), list(known.image_shape), counts={}, content_hash="")


def _unknown(run: Run, why: str) -> Conflict:
    return Conflict(f"Nobody knows any more how run {run.name!r} prepares a picture: {why}. Train it again to predict.")
