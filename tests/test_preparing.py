"""A run that needs a dataset prepares it itself, and its row says how far it is."""

from pathlib import Path

import httpx
import pytest

from backend.dataset_schemas import UploadOptions
from backend.db import Database
from backend.models import Dataset
from backend.store import StoredDataset
from backend.uploads import create
from worker import fetching, preparing
from worker.errors import DatasetUnavailable
from worker.preparing import prepare_here


def row(database: Database, name: str) -> Dataset:
    with database.read() as session:
        found = session.get(Dataset, name)
    assert found is not None
    return found


def test_what_is_missing_is_prepared_and_told_in_sentences(database: Database, tmp_path: Path) -> None:
    said: list[str] = []

    made = prepare_here(database, tmp_path, "digits", said.append)

    assert said == ["Reading digits", "Writing 1,797 images of digits to the store"]
    assert (row(database, "digits").status, row(database, "digits").folder) == ("ready", made.folder)
    assert len(StoredDataset.open(tmp_path / str(made.folder)).images("test")) == 359


def test_who_comes_second_keeps_the_first_ones(database: Database, tmp_path: Path) -> None:
    first = prepare_here(database, tmp_path, "digits", print)
    second = prepare_here(database, tmp_path, "digits", print)

    assert first.folder == second.folder
    assert [path.name for path in (tmp_path / "datasets").iterdir() if path.is_dir()] == [
        str(first.folder).removeprefix("datasets/")
    ]


def test_its_row_says_how_far_it_is_and_why_it_failed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", httpx.Timeout(2.0))
    monkeypatch.setattr(preparing, "TOUCH_SECONDS", 0.0)
    shown: list[str] = []

    def look(_text: str) -> None:
        shown.append((row(database, "mnist").progress or {}).get("text", ""))

    with pytest.raises(DatasetUnavailable, match="MNIST is not on this machine"):
        prepare_here(database, tmp_path, "mnist", look)

    assert "Fetching mnist.npz, again in" in shown[-1]
    failed = row(database, "mnist")
    assert (failed.status, failed.progress) == ("failed", None)
    assert "`epochboard datasets add mnist mnist.npz`" in str(failed.error)


def test_an_upload_that_was_deleted_is_not_looked_for(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        create(session, "pets", "uploads/a.zip", UploadOptions())

    with pytest.raises(DatasetUnavailable, match="There is no dataset 'pets' any more"):
        prepare_here(database, tmp_path, "pets", print)
    assert row(database, "pets").status == "preparing"
