"""What `epochboard doctor` says of a machine and of its board."""

from pathlib import Path

import pytest

from backend import workers
from backend.db.engine import open_database
from backend.settings import Settings
from backend.workers import Slot
from standalone.commands.doctor import gpu
from standalone.main import main
from tests.support.service.program import Program


@pytest.mark.slow
def test_the_doctor_says_why_a_slot_of_the_board_is_broken(
    url: str, program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    database = open_database(Settings(data_dir=program.data_dir))
    with database.write() as session:
        workers.report(session, "train-9@sick", "sick", [Slot(name="cpu-9", kind="cpu", device="", error="No Keras.")])

    assert main(["doctor", "--data-dir", str(program.data_dir), "--url", url]) == 1

    with database.write() as session:
        workers.remove(session, "train-9@sick")
    database.engine.dispose()
    assert "bad   Slot cpu-9 of worker train-9@sick: No Keras." in capsys.readouterr().out.splitlines()


def test_the_doctor_says_that_a_driver_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho Driver/library version mismatch\nexit 18\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    finding = gpu()

    assert finding.verdict == "bad"
    assert finding.text.startswith("nvidia-smi failed: Driver/library version mismatch. Until it works,")


@pytest.mark.slow
def test_the_doctor_finds_the_board(url: str, program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--data-dir", str(program.data_dir)])
    lines = capsys.readouterr().out.splitlines()
    assert f"ok    The board at {url} is ready; train workers: 1." in lines
    assert all(line.split()[0] in ("ok", "note", "bad") and line.endswith(".") for line in lines)
