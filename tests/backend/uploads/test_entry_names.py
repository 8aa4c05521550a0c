"""Names in zips that do not say how they are encoded: found from all of them, and shown for a yes."""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.uploads.archive.entries import open_zip
from backend.uploads.archive.names import decoded_names, encoding_choice
from backend.uploads.archive.rules import InvalidZip
from tests.support.files.layouts import images, layout_of
from tests.support.files.zips import picture, zipped


def infos(names: Sequence[bytes]) -> list[zipfile.ZipInfo]:
    """Entries as zipfile reads them where the flag for UTF-8 is not set."""
    return [zipfile.ZipInfo(name.decode("cp437")) for name in names]


@pytest.mark.parametrize(
    ("encoding", "classes"),
    [
        ("cp932", ["うま", "りす", "表示"]),
        ("cp949", ["고양이", "강아지"]),
        ("gb18030", ["猫", "狗"]),
        ("big5", ["銀杏", "貓"]),
        ("cp1252", ["Crème brûlée", "größer"]),
        ("cp850", ["Höhle", "maçã"]),
        ("cp1251", ["кошка", "собака"]),
    ],
)
def test_the_encoding_is_found_and_offered(encoding: str, classes: list[str]) -> None:
    names = [f"pets/{label}/{number}.jpg" for label in classes for number in range(3)]
    entries = infos([name.encode(encoding) for name in names])

    choice = encoding_choice(entries, None)

    assert decoded_names(entries) == names
    assert choice is not None
    assert (choice.option, choice.chosen) == ("name_encoding", encoding)
    assert choice.values[0].title in classes
    assert len({value.title for value in choice.values}) == len(choice.values) > 1


def test_a_choice_decodes_all_names_or_is_refused() -> None:
    entries = infos(["고양이/1.jpg".encode("cp949")])

    assert decoded_names(entries, "cp1252") == ["°í¾çÀÌ/1.jpg"]
    with pytest.raises(InvalidZip, match="is not Cyrillic, Windows-1251; choose another name_encoding"):
        decoded_names(infos([b"\x98/1.jpg"]), "cp1251")


def test_utf8_without_the_flag_needs_no_choice() -> None:
    entries = infos(["Hütte/1.jpg".encode(), "고양이/2.jpg".encode()])

    assert decoded_names(entries) == ["Hütte/1.jpg", "고양이/2.jpg"]
    assert encoding_choice(entries, None) is None


def test_a_name_that_is_given_in_unicode_too_is_read_from_there() -> None:
    (info,) = infos(["ねこ/1.jpg".encode("cp932")])
    field = struct.pack("<BI", 1, zlib.crc32("ねこ/1.jpg".encode("cp932"))) + "ねこ/1.jpg".encode()
    info.extra = struct.pack("<HHB", 0xCAFE, 1, 0) + struct.pack("<HH", 0x7075, len(field)) + field

    assert decoded_names([info]) == ["ねこ/1.jpg"]
    assert encoding_choice([info], None) is None


@pytest.mark.parametrize("extra", [b"\x75\x70", b"\x75\x70\xff\xff\1", b"\x75\x70\x06\0\1\0\0\0\0x"])
def test_a_damaged_or_foreign_unicode_name_is_ignored(extra: bytes) -> None:
    (info,) = infos(["ねこ/1.jpg".encode("cp932")])
    info.extra = extra

    assert decoded_names([info]) == ["ねこ/1.jpg"]


def test_a_backslash_in_a_letter_of_two_bytes_is_no_slash() -> None:
    name = "表\\1.jpg".encode("cp932")

    assert name.count(b"\\") == 2
    assert decoded_names(infos([name])) == ["表/1.jpg"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"Rar!\x1a\x07",
            "This is not a zip file; it is a RAR archive. Unpack it, and zip the folders with",
        ),
        (b"\x1f\x8b\x08", "This is not a zip file; it is a gzip file. Unpack it, and zip the folders with the images:"),
        (
            b"file,label\n0.jpg,cat\n",
            "it is text. Zip the folders with the images: one folder for each class, or images and a table",
        ),
        (b"<html>Sign in", "This is not a zip file; it is a web page (HTML). Download it again, and zip the folders"),
        (
            picture(),
            "This is not a zip file; it is a PNG. Zip the folders with the images: one folder for each class, or",
        ),
        (zipped({"a": b"b"})[:-9], "its list of files, which lies at its end, is damaged or missing"),
    ],
)
def test_another_file_than_a_zip_is_named_with_the_step(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "upload.zip").write_bytes(content)

    with pytest.raises(InvalidZip) as raised:
        open_zip(tmp_path / "upload.zip")

    assert message in str(raised.value)


def test_html_quotes_and_formulas_may_be_class_names() -> None:
    classes = ["=SUM(A1)", "C++ & <b>bold", 'a, "quoted" one', "🐱 cat"]

    assert layout_of(images(*classes)).classes == classes
