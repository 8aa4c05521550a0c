"""Tables written in any dialect come back with the labels that they were written with."""

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.files.layouts import labels, layout_of

FOLDERS = ["", "images", "train/photos"]
SUFFIXES = [".jpg", ".png", ".jpeg"]
PATHS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "name only": lambda path: path.rpartition("/")[2],
    "id": lambda path: path.rpartition("/")[2].rpartition(".")[0],
    "here": lambda path: f"./{path}",
    "Windows": lambda path: "C:\\data\\" + path.replace("/", "\\"),
    "other machine": lambda path: f"/content/drive/MyDrive/set/{path}",
    "URL": lambda path: f"https://example.org/data/{path}?download=1",
    "Label Studio": lambda path: "/data/upload/1/0a1b2c3d-" + path.rpartition("/")[2],
    "capitals": lambda path: path.upper(),
    "other suffix": lambda path: path.rpartition(".")[0] + ".JPE",
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
HEADERS = [None, ("file", "label"), ("Image ID", "Breed"), ("filename", "Category"), ("id_code", "class_name")]
LATIN = st.from_regex(r"[A-Za-z]{2,4}[äéñøß]?[a-z]{1,4}([-_' ][a-z]{2,4}[çö]?[a-z]{1,3})?", fullmatch=True)
FORMULAS = st.sampled_from(["=SUM(A1)", "+1", "@home", "0", "1", "10", "cat, black", 'a "quoted" one', "x;y|z"])


def is_plain(name: str) -> bool:
    return name == name.strip() and unicodedata.is_normalized("NFC", name) and any(map(str.isalnum, name))


CLASS_NAMES = st.lists(
    st.one_of(LATIN, FORMULAS).filter(is_plain), min_size=2, max_size=4, unique_by=lambda name: name.casefold()
)


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "separator": draw(st.sampled_from([",", ";", "\t", "|"])),
        "encoding": draw(st.sampled_from(ENCODINGS)),
        "header": draw(st.sampled_from(HEADERS)),
        "index": draw(st.booleans()),
        "trailing": draw(st.booleans()),
        "path": draw(st.sampled_from(list(PATHS))),
        "line_end": draw(st.sampled_from(["\n", "\r\n"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "label_first": draw(st.booleans()),
        "shuffled": draw(st.randoms(use_true_random=False)),
    }


def written(rows: Sequence[tuple[str, str]], dialect: dict[str, Any]) -> bytes:
    """Writes the rows as spreadsheets, pandas and people do."""
    path = PATHS[dialect["path"]]
    table = [(path(name), label) for name, label in rows]
    dialect["shuffled"].shuffle(table)
    lines = [(str(n), *row) if dialect["index"] else row for n, row in enumerate(table)]
    if dialect["header"]:
        lines = [("", *dialect["header"]) if dialect["index"] else dialect["header"], *lines]
    if dialect["label_first"]:
        lines = [(*line[:-2], line[-1], line[-2]) for line in lines]
    if dialect["trailing"]:
        lines = [(*line, "") for line in lines]
    file = io.StringIO()
    csv.writer(
        file, delimiter=dialect["separator"], lineterminator=dialect["line_end"], quoting=dialect["quoting"]
    ).writerows(lines)
    return file.getvalue().encode(dialect["encoding"])


@settings(max_examples=100, deadline=None)
@given(
    names=CLASS_NAMES,
    folder=st.sampled_from(FOLDERS),
    suffix=st.sampled_from(SUFFIXES),
    dialect=dialects(),
    file=st.sampled_from(["labels.csv", "Train.csv", "annotations.tsv", "list.txt"]),
)
def test_tables_of_any_dialect_come_back_with_the_same_labels(
    names: list[str], folder: str, suffix: str, dialect: dict[str, Any], file: str
) -> None:
    files = [f"{folder}/{n:04}{suffix}".removeprefix("/") for n in range(4 * len(names))]
    rows = [(name, names[n % len(names)]) for n, name in enumerate(files)]

    layout = layout_of(files, {file: written(rows, dialect)})

    assert labels(layout) == dict(rows)
    assert layout.skipped == []
