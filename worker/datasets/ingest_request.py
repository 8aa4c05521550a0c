"""What a worker tells its child process `worker.datasets.ingest`."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class IngestRequest:
    """`folder` is created by the request and must not exist.

    `archive` is the zip of an upload and `options` its `UploadOptions`; both are None for a built-in dataset. `source`
    is the folder of the dataset that a version is made of, `derivation` how, and `original` the zip of version 1.
    """

    name: str
    folder: str
    archive: str | None = None
    options: dict[str, Any] | None = None
    source: str | None = None
    derivation: dict[str, Any] | None = None
    original: str | None = None
