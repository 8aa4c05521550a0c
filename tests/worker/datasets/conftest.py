"""The fixture `upload`, which writes a zip into a dataset."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.datasets.schemas import UploadOptions
from backend.datasets.store import StoredDataset
from worker.datasets.uploads import read_upload

Upload = Callable[..., StoredDataset]


@pytest.fixture
def upload(tmp_path: Path) -> Callable[..., StoredDataset]:
    """Returns a function that writes a zip into a dataset."""

    def read(content: bytes, **options: Any) -> StoredDataset:
        archive, folder = tmp_path / "upload.zip", tmp_path / "datasets" / "made"
        archive.write_bytes(content)
        upload_options = UploadOptions.model_validate({"image_size": 8, **options})
        read_upload(archive, "pets", upload_options, folder, lambda _update: None)
        return StoredDataset.open(folder)

    return read
