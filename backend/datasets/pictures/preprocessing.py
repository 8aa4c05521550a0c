"""Preprocessing of a run: decode size, fit, pixel scaling, channel statistics. Stored with the run, so that predictions
work after its dataset is deleted."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import Fit, ImageOptions
from backend.datasets.store import Manifest
from backend.db.models import Dataset, Run
from backend.errors import Conflict
from backend.spec import RunSpec, Scaling

BUILT_IN_FIT: Fit = "stretch"


class Statistics(BaseModel):
    """Mean and standard deviation of each channel for the scaling `standard`, in pixel values from 0 to 255."""

    mean: list[float]
    deviation: list[float]


class Preprocessing(BaseModel):
    """`image_shape` is (height, width, channels); `classes` are in the order of the network's output.

    The values of `value_range` become black and white in images of more than 8 bits; without it, those of 16 bits do.
    `packages` are needed to decode images like those of the dataset, beside Pillow.
    """

    classes: list[str]
    image_shape: tuple[int, int, int]
    fit: Fit
    scaling: Scaling
    statistics: Statistics | None = None
    value_range: tuple[float, float] | None = None
    packages: list[str] = []

    @property
    def options(self) -> ImageOptions:
        """How an uploaded image is decoded for this network: side in pixels, fit and color. Images are square."""
        side, _, channels = self.image_shape
        return ImageOptions(image_size=side, fit=self.fit, color="grayscale" if channels == 1 else "rgb")


def from_manifest(manifest: Manifest, scaling: Scaling, statistics: dict[str, Any] | None) -> Preprocessing:
    """Returns the preprocessing of a run on this dataset; `statistics` is None unless `scaling` is `standard`."""
    return Preprocessing.model_validate(
        {
            "classes": manifest.classes,
            "image_shape": manifest.image_shape,
            "fit": manifest.fit or BUILT_IN_FIT,
            "scaling": scaling,
            "statistics": statistics,
            "value_range": manifest.value_range,
            "packages": manifest.packages,
        }
    )


def of_run(session: Session, run: Run) -> Preprocessing:
    """Returns the preprocessing stored with a run; for a run older than this column, derives it from the dataset.

    Raises:
        Conflict: it was not stored, and the run's dataset was deleted or replaced.
    """
    if run.preprocessing is not None:
        return Preprocessing.model_validate(run.preprocessing)
    scaling = RunSpec.model_validate(run.spec).preprocessing.scaling
    if scaling == "standard" and run.pixel_statistics is None:
        raise _unknown(run, "the mean and deviation for its scaling were not stored")
    return from_manifest(_manifest(session, run), scaling, run.pixel_statistics)


def _manifest(session: Session, run: Run) -> Manifest:
    row = session.get(Dataset, run.dataset)
    if row is not None and row.manifest and run.dataset_hash in (None, row.manifest["content_hash"]):
        return Manifest(**row.manifest)
    if run.dataset not in BUILT_IN:
        raise _unknown(run, f"its dataset {run.dataset!r} was deleted or replaced")
    known = BUILT_IN[run.dataset]
    return Manifest(run.dataset, list(known.classes), list(known.image_shape), counts={}, content_hash="")


def _unknown(run: Run, reason: str) -> Conflict:
    return Conflict(f"The preprocessing of run {run.name!r} is unknown: {reason}. Train it again to predict.")
