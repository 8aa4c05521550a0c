"""Response types of the artifact and export routes."""

from typing import Literal

from pydantic import BaseModel


class ExportRead(BaseModel):
    """`status` is `none` until the export is requested.

    `bytes`, `sha256` and `epoch` are those of the file that can be downloaded, which may be of an earlier best model
    while another one is made. `is_current` is true if `status` is about the current best model.
    """

    kind: Literal["bundle", "webapp", "savedmodel", "tflite", "onnx"]
    name: str
    status: Literal["none", "wanted", "making", "ready", "failed"]
    reason: str | None = None
    is_current: bool = False
    bytes: int | None = None
    sha256: str | None = None
    epoch: int | None = None


class ArtifactRead(BaseModel):
    name: str
    bytes: int
    sha256: str
    epoch: int
