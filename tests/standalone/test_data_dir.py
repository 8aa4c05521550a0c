"""The data folder and everything in it can only be read by the user who started the board."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from standalone.board import checks
from standalone.board.checks import make_data_dir
from standalone.errors import CommandError
from tests.support.service.program import Program


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("content", [[], ["epochboard.db", "notes.txt"]])
def test_a_data_folder_that_others_may_read_is_closed(tmp_path: Path, content: list[str]) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    for name in content:
        (folder / name).touch()

    make_data_dir(folder)

    assert mode(folder) == 0o700


def test_a_folder_with_other_files_is_refused_with_the_command_that_closes_it(tmp_path: Path) -> None:
    folder = tmp_path / "my files"
    folder.mkdir(mode=0o755)
    (folder / "letter.txt").touch()

    with pytest.raises(CommandError, match=r"mode 0755.*run `chmod 700 '.*my files'`"):
        make_data_dir(folder)

    assert mode(folder) == 0o755


def test_a_folder_of_another_user_is_refused_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_permitted(_folder: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(checks, "make_private", not_permitted)
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)

    with pytest.raises(CommandError, match=r"belongs to another user: run `chmod 700 "):
        make_data_dir(folder)


@pytest.mark.slow
def test_no_file_of_a_running_board_can_be_read_by_others(program: Program) -> None:
    program.wait(lambda: program.get("/api/datasets/digits")["status"] == "ready", 60, "the dataset")

    open_to_others = [path for path in (program.data_dir, *program.data_dir.rglob("*")) if mode(path) & 0o077]

    assert open_to_others == []
