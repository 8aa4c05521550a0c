"""Whatever names a zip has: none that is hostile gets through, and each image is either taken or named."""

import io
import re
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.datasets.schemas import UploadOptions
from backend.requests import bad_character
from backend.uploads.archive.entries import Entry, list_entries
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.find import find_layout
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.types import Layout
from tests.support.files.zips import zipped

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
FOLDERS = [
    *["train", "Valid", "test", "dev", "seg_train", "seg_test", "data", "cat", "CAT", "dog", "개", "=SUM(A1)", "0"],
    *["10", "session 1", "fold2", "__MACOSX", ".git", "@eaDir", "cafe\u0301"],
]
FILES = [
    *["cat.0.jpg", "dog.1.jpg", "cat_2", "IMG_1.jpg", "IMG_2.jpg", "a.png", "README.md", "old.zip", "~$x", "Icon\r"],
    *["notes.txt", "Thumbs.db", ".DS_Store", ""],
]
HOSTILE = ["..", ".", "", "C:", "a\u202eb", "a\x07b", "a\rb", "\u2028"]
DRIVE = re.compile("[A-Za-z]:")
SLASH = st.sampled_from(["/", "/", "\\"])


def paths(folders: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    path = st.builds(
        lambda parts, name, slash: slash.join([*parts, name]),
        st.lists(folders, max_size=4),
        st.sampled_from(FILES),
        SLASH,
    )
    return st.lists(path.filter(bool), max_size=24, unique=True)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "labels_from": st.sampled_from(["folders", "names"]),
        "class_levels": st.sampled_from(["all", "last", "first"]),
        "folder": st.lists(st.sampled_from(["cat:test", "train:left_out", "data:train"]), max_size=2),
    },
)


def read(names: Iterable[str], options: dict[str, object]) -> tuple[list[Entry], Layout]:
    files = {name: PNG_SIGNATURE + name.encode(errors="replace") for name in names if not name.endswith(("/", "\\"))}
    content = zipped({name: files.get(name, b"") for name in names})
    upload_options = UploadOptions.model_validate(options)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = list_entries(archive, upload_options.name_encoding)
        return entries, find_layout(archive, entries, upload_options)


@settings(max_examples=100, deadline=None)
@given(names=paths(st.sampled_from(FOLDERS)), options=OPTIONS)
def test_each_image_is_taken_or_named(names: list[str], options: dict[str, object]) -> None:
    try:
        entries, layout = read(names, options)
    except InvalidZip:
        return
    taken = [image.entry.name for image in layout.images]
    named = {skipped.entry for skipped in layout.skipped}
    assert len(set(taken)) == len(taken)
    assert not set(taken) & named
    assert {entry.name for entry in entries if not entry.is_folder and not not_an_image(entry)} <= {*taken, *named}


@settings(max_examples=100, deadline=None)
@given(
    names=paths(st.sampled_from([*FOLDERS, *FOLDERS, *HOSTILE]) | st.text(min_size=1, max_size=3)),
    encoding=st.sampled_from(["utf-8", "cp949", "cp850"]),
)
def test_no_hostile_name_gets_through(names: list[str], encoding: str) -> None:
    stored_as = "utf-8" if encoding == "utf-8" else "cp437"
    raw = [name.replace("\0", "").encode(encoding, "replace").decode(stored_as) for name in names]
    try:
        entries, layout = read(dict.fromkeys(raw), {})
    except InvalidZip as error:
        with_bad_characters = bad_character(str(error))
    else:
        with_bad_characters = None
        assert_harmless(entries, layout)
    assert not with_bad_characters


def assert_harmless(entries: Iterable[Entry], layout: Layout) -> None:
    for entry in entries:
        assert not {"", ".", ".."} & set(entry.parts)
        assert not DRIVE.match(entry.name)
        assert "\\" not in entry.name
        assert not bad_character(entry.name)
    assert not any(map(bad_character, layout.classes))


@pytest.mark.parametrize("name", ["..\\..\\x.png", "a\\..\\x.png", "\\\\server\\x.png", "C:\\x.png", "a\\\\b.png"])
def test_backslashes_open_no_way_out(name: str) -> None:
    with pytest.raises(InvalidZip, match=r"has an empty part, \. or \.\.|is an absolute path"):
        read([name], {})
