"""`epochboard weights`: files of weights that were downloaded elsewhere."""

from pathlib import Path

import pytest

from backend.files import hash_of
from backend.spec.backbones.densenet121 import DenseNet121
from standalone.main import main


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras"


def test_a_file_is_checked_and_copied_to_its_place(
    keras_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "downloaded.h5"
    file.write_bytes(b"weights")
    monkeypatch.setattr(DenseNet121, "digest", hash_of(file, "MD5"))

    assert main(["weights", "add", "DenseNet121", str(file)]) == 0
    assert main(["weights", "list"]) == 0

    path = keras_home / "models" / DenseNet121.file
    assert path.read_bytes() == b"weights"
    assert [found.name for found in path.parent.iterdir()] == [DenseNet121.file]
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["DenseNet121", "here", "29", "MB", "BSD", "3-Clause", str(path)] in rows
    assert [row[:2] for row in rows if row[0] == "ConvNeXtTiny"] == [["ConvNeXtTiny", "missing"]]


@pytest.mark.parametrize(
    ("backbone", "file", "message"),
    [
        (
            "DenseNet121",
            "other.h5",
            "has the MD5 795f3202b17cb6bc3d4b771d8c6c9eaf, expected is 30ee3e1110167f",
        ),
        ("DenseNet121", "missing.h5", "can't be read: [Errno 2] No such file or directory"),
        ("DenseNet169", "other.h5", "there are no weights to add for 'DenseNet169'; give one of MobileNetV3Small, "),
        ("efficientnet_lite0", "other.h5", "there are no weights to add for 'efficientnet_lite0'"),
    ],
)
def test_another_file_is_refused(
    backbone: str, file: str, message: str, keras_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.h5").write_bytes(b"other")

    assert main(["weights", "add", backbone, str(tmp_path / file)]) in (1, 2)

    assert message in capsys.readouterr().err
    assert not keras_home.exists()
