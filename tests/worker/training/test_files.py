"""A training waits while the disk is full, from its first folder on."""

import errno
from pathlib import Path
from typing import Any

import pytest

from worker.training import files
from worker.training.files import Folder


def test_a_folder_that_a_full_disk_refuses_is_made_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "RETRY_SECONDS", 0.01)
    errors = iter([OSError(errno.ENOSPC, "No space left on device")] * 2)
    mkdir = Path.mkdir

    def refuse(path: Path, *arguments: Any, **options: Any) -> None:
        for error in errors:
            raise error
        mkdir(path, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    lines: list[tuple[str, str]] = []
    reasons: list[str] = []
    folder = Folder(tmp_path / "run" / "e1", lambda text, level: lines.append((level, text)), reasons.append)

    folder.create()

    assert folder.path.is_dir()
    assert lines == [
        ("warning", "The disk is full: free some space in the data folder, then the run continues"),
        ("info", "The disk has free space again"),
    ]
    assert reasons == ["The disk of the data folder is full"] * 2


def test_a_folder_that_another_error_refuses_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")

    with pytest.raises(OSError, match="run"):
        Folder(tmp_path / "run" / "e1", lambda _text, _level: None).create()
