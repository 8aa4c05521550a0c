"""`epochboard datasets add`: a folder, a zip, files of a built-in dataset."""

import io
import zipfile
from pathlib import Path

import pytest

from standalone.commands.zip_stream import CHUNK_BYTES, files_in, zip_stream
from standalone.main import main
from tests.support.files import zips
from tests.support.service.program import Program


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twenty pictures of two classes, and what lies around in folders."""
    folder = tmp_path / "photos"
    for name, content in zips.pets().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("hidden")
    (folder / "cats" / ".DS_Store").write_text("hidden")
    return folder


def test_a_folder_is_zipped_while_it_is_sent(photos: Path) -> None:
    large = bytes(range(256)) * 8192
    (photos / "cats" / "größe.bmp").write_bytes(large)
    (photos / "birds").mkdir()

    pieces = list(zip_stream(photos, files_in(photos)))

    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted([*zips.pets(), "cats/größe.bmp", "birds/"])
        assert archive.read("cats/größe.bmp") == large
    assert max(map(len, pieces)) <= CHUNK_BYTES + 4096


@pytest.fixture
def board(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("EPOCHBOARD_URL", f"http://127.0.0.1:{program.port}")
    return program


@pytest.mark.slow
def test_a_folder_becomes_a_dataset(board: Program, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "cats" / "words.jpg").write_text("these are words")

    assert main(["datasets", "add", "pets", str(photos), "--image-size", "16", "--color", "grayscale"]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:5] == [
        ["pets", "is", "ready"],
        ["class", "train", "test"],
        ["cats", "8", "2"],
        ["dogs", "8", "2"],
        ["all", "16", "4"],
    ]
    assert lines[6][0] == "cats/words.jpg:"
    assert board.get("/api/datasets/pets")["image_shape"] == [16, 16, 1]


@pytest.mark.slow
def test_a_dry_run_tells_what_would_be_added(board: Program, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "add", str(photos), "--dry-run", "--test-fraction", "0.3"]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["cats", "7", "3"] in lines
    assert photos.name not in [item["name"] for item in board.get("/api/datasets")["items"]]


@pytest.mark.slow
@pytest.mark.usefixtures("board")
def test_a_run_trains_on_pictures_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "shapes.zip").write_bytes(zips.zipped(zips.pets(30)))
    assert main(["datasets", "add", "shapes", str(tmp_path / "shapes.zip"), "--image-size", "8"]) == 0

    assert main(["launch", "digits-quick", "--set", "dataset.name=shapes", "--set", "epochs=1", "--watch"]) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("board")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["pets-2", "cut.zip"], 1, "This is not a zip file"),
        (["pets-3", "broken.zip"], 1, "The zip is damaged at 'dogs/3.png'"),
        (["pets-4", "nowhere"], 2, "nowhere is neither a folder nor a file; give a folder of images or a zip."),
        (["pets-5", "cut.zip", "broken.zip"], 2, "Give one folder or one zip"),
        (["mnist", "cut.zip"], 1, "is not a file of 'mnist'"),
        (["mnist", "."], 2, "mnist is built in: give its files"),
        (["two words", "cut.zip"], 1, "'two words' is not a valid dataset name"),
    ],
)
def test_what_cannot_be_added_is_refused_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cut.zip").write_bytes(zips.zipped(zips.pets())[:-40])
    Path("broken.zip").write_bytes(zips.with_wrong_crc(zips.pets(), "dogs/3.png"))

    assert main(["datasets", "add", *arguments]) == code
    assert sentence in capsys.readouterr().err
