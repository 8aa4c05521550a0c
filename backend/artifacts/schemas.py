"""Response types of the artifact and export routes."""

from typing import Literal

from pydantic import BaseModel

Kind = Literal["bundle", "webapp", "savedmodel", "tflite", "tflite_float16", "tflite_int8", "onnx"]
Interval = tuple[float, float]


class ExportFigures(BaseModel):
    """What was measured of a small TFLite file, beside the original: the same model in float32.

    `images` of the `of_images` validation images were predicted. `difference` is the file's accuracy minus that of the
    original, with the interval of a paired comparison; all intervals are of 95 %. `same_answers` is the share of images
    for which both name the same class, `largest_difference` that of a probability. `prediction_ms` is the shortest of
    some times of one image, on one thread of `processor`; both files were timed in turn. `warning` is a sentence if
    more than one point of accuracy is lost. `calibration_images` are training images; float16 needs none.
    """

    images: int
    of_images: int
    accuracy: float
    interval: Interval
    original_accuracy: float
    difference: float
    difference_interval: Interval
    same_answers: float
    largest_difference: float
    prediction_ms: float
    original_prediction_ms: float
    original_bytes: int
    processor: str
    calibration_images: int | None = None
    warning: str | None = None


class ExportRead(BaseModel):
    """`status` is `none` until the export is requested.

    `bytes`, `sha256`, `epoch` and `figures` are those of the file that can be downloaded, which may be of an earlier
    best model while another one is made. `is_current` is true if `status` is about the current best model. `waits_for`
    names the file that is made before a requested one, because a worker makes one at a time.
    """

    kind: Kind
    name: str
    status: Literal["none", "wanted", "making", "ready", "failed"]
    reason: str | None = None
    waits_for: str | None = None
    is_current: bool = False
    bytes: int | None = None
    sha256: str | None = None
    epoch: int | None = None
    figures: ExportFigures | None = None


class ArtifactRead(BaseModel):
    name: str
    bytes: int
    sha256: str
    epoch: int
