"""Zips with broken entries: what is skipped and listed, and what refuses the upload."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.files.zips import encoded, huge_png, noise, pets, picture, with_wrong_crc, with_wrong_size, zipped
from tests.worker.datasets.conftest import Upload
from worker.errors import DatasetUnavailable


def with_longer_content(entries: dict[str, bytes], name: str, declared: bytes) -> bytes:
    """A deflated zip that declares the size and checksum of `declared` for an entry with more content."""
    valid = zipped(entries, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(io.BytesIO(valid)) as archive:
        info = archive.getinfo(name)
    true = struct.pack("<LLL", info.CRC, info.compress_size, info.file_size)
    false = struct.pack("<LLL", zlib.crc32(declared), info.compress_size, len(declared))
    assert valid.count(true) == 2  # in the local header and in the directory
    return valid.replace(true, false)


def test_an_entry_longer_than_declared_is_refused_before_it_is_decompressed(upload: Upload, tmp_path: Path) -> None:
    bomb = encoded(noise(0)) + bytes(64 * 1024**2)

    content = with_longer_content({**pets(), "cats/bomb.png": bomb}, "cats/bomb.png", bomb[:1000])

    tracemalloc.start()
    with pytest.raises(
        DatasetUnavailable, match=r"'cats/bomb\.png' \(its size is not the 1,000 bytes that the zip declares\)"
    ):
        upload(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < len(bomb) / 10
    assert not (tmp_path / "datasets" / "made").exists()


def test_an_undecodable_name_in_a_local_header_is_refused_with_its_entry(upload: Upload) -> None:
    valid = zipped({**pets(), "cats/ä.png": picture(77)})
    name = "cats/ä.png".encode()

    with pytest.raises(DatasetUnavailable, match=r"damaged at 'cats/ä\.png'"):
        upload(valid.replace(name, b"cats/\xff\xfe.png", 1))


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"these are words", "it is text, not an image"),
    "empty": (lambda: b"", "it is empty, not an image; copy it again"),
    "cut": (lambda: picture(5, "JPEG")[:400], "it is damaged or truncated"),
    "huge": (huge_png, "more than 89,478,485 pixels"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_image_among_many_is_skipped_and_listed(upload: Upload, case: str) -> None:
    content, reason = BROKEN[case]

    manifest = upload(zipped(pets() | {"cats/odd.jpg": content(), "dogs/notes.txt": b"words"})).manifest

    assert manifest.counts == {"train": [8, 8], "test": [2, 2]}
    assert manifest.skipped["count"] == 2
    assert manifest.skipped["items"][0]["entry"] == "cats/odd.jpg"
    assert reason in manifest.skipped["items"][0]["reason"]
    assert manifest.skipped["items"][1] == {
        "entry": "dogs/notes.txt",
        "reason": "it is text, not an image",
    }


@pytest.mark.parametrize("case", BROKEN)
def test_too_many_broken_images_refuse_the_upload(upload: Upload, tmp_path: Path, case: str) -> None:
    content, reason = BROKEN[case]
    files = pets(4) | {"cats/odd.jpg": content()}

    with pytest.raises(DatasetUnavailable) as raised:
        upload(zipped(files))

    assert "1 of 9 images can't be read, which is more than one in ten: 'cats/odd.jpg': " in str(raised.value)
    assert reason in str(raised.value)
    assert list((tmp_path / "datasets").iterdir()) == []


def test_a_split_of_broken_images_refuses_the_upload(upload: Upload) -> None:
    train = {f"train/{name}": content for name, content in pets(20).items()}
    broken = {f"test/{label}/1.png": f"no picture of {label}".encode() for label in ("cats", "dogs")}

    with pytest.raises(DatasetUnavailable, match=r"No image of test is left: .* such as folder=test:left_out"):
        upload(zipped(train | broken))


def test_a_class_of_broken_images_refuses_the_upload(upload: Upload) -> None:
    with pytest.raises(
        DatasetUnavailable, match=r"No image of the class 'birds' can be read: 'birds/1\.jpg': it is text"
    ):
        upload(zipped(pets() | {"birds/1.jpg": b"these are words"}))


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [(with_wrong_crc, "its checksum"), (with_wrong_size, "bytes that the zip declares|Overlapped|differ")],
    ids=["crc", "size"],
)
def test_a_wrong_checksum_or_size_refuses_the_upload(
    upload: Upload, tmp_path: Path, damaged: Callable[..., bytes], reason: str
) -> None:
    with pytest.raises(DatasetUnavailable, match=rf"The zip is damaged at 'dogs/3\.png' \(.*({reason}).*\)"):
        upload(damaged(pets(), "dogs/3.png"))
    assert list((tmp_path / "datasets").iterdir()) == []


@pytest.mark.slow
def test_three_broken_images_of_ten_thousand_are_skipped(upload: Upload) -> None:
    files = {
        f"{label}/{n}.bmp": encoded(noise(n + seed, 8, 8), "BMP")
        for seed, label in ((0, "a"), (5000, "b"))
        for n in range(5000)
    }
    files |= {"a/17.bmp": b"BM", "a/4000.bmp": b"words", "b/3.bmp": files["b/3.bmp"][:90]}

    manifest = upload(zipped(files)).manifest

    assert manifest.skipped["count"] == 3
    assert [item["entry"] for item in manifest.skipped["items"]] == ["a/17.bmp", "a/4000.bmp", "b/3.bmp"]
    assert manifest.counts == {"train": [3998, 3999], "test": [1000, 1000]}
