"""Tables that can't be read: the sentence says what was found, what is allowed, and the step that repairs it."""

import json
import time
import tracemalloc

import pytest

from backend.uploads.archive.rules import InvalidZip
from tests.support.files.layouts import labels, layout_of
from tests.support.files.zips import picture, zipped

NAMES = [f"{n}.jpg" for n in range(6)]
GOOD = "".join(f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(NAMES))
BOX = "has boxes or outlines of objects, not a class for each image. Export the set for classification"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "file,label\nx1.jpg,a\nx2.jpg,b\n",
            "labels.csv has no column that names the images of the zip. Its first row is 'file', 'label', and its "
            "second 'x1.jpg', 'a'; images are '0.jpg', '1.jpg', '2.jpg'. Write the names of the files into a column",
        ),
        (
            f"file,label\n{GOOD}gone.jpg,a\nlost.jpg,b\n",
            "2 of the 8 rows of labels.csv name no image of the zip, more than one in ten. In its column 'file' are "
            "'gone.jpg', 'lost.jpg'; each image of the zip has its row. Add the images, or remove these rows.",
        ),
        (
            f"file,label\n{GOOD}0.jpg,b\n",
            "labels.csv gives several classes to 1 of its images, more than one in ten: '0.jpg' is 'a' and 'b'. "
            "Each image needs one class",
        ),
        (
            "file,label\n0.jpg,\n1.jpg,\n",
            "labels.csv names images, but no column is a class: its columns are 'file', 'label'",
        ),
        (
            "file,width\n" + "".join(f"{name},{n}\n" for n, name in enumerate(NAMES)),
            "labels.csv names images, but no column is a class: its columns are 'file', 'width'. Name the one that is",
        ),
        (f"file,label\n{GOOD.replace('3.jpg', chr(34) + '3.jpg')}", 'look for a quotation mark (") that is not closed'),
        (f"file,label\n{GOOD}6.jpg,a\0b\n", "labels.csv has NUL characters, so it is no text; save it as a CSV file"),
        (f"file,label\n{GOOD}" + "x" * 300_000, "labels.csv has a line of more than 262,144 characters"),
        ("file," * 1300 + "label\n" + GOOD, "labels.csv has a row with 1,301 columns; at most 1,200 are read"),
        (f"file,label\n{GOOD.replace(',a', ',a' + chr(0x202E))}", "has a character that changes the direction of text"),
        ("PK\3\4" + "x" * 100, "labels.csv is no text. If it has the labels, save it as CSV (UTF-8)"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(table: str, message: str) -> None:
    with pytest.raises(InvalidZip) as raised:
        layout_of(NAMES, {"labels.csv": table.encode()})

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "annotations.json",
            '{"images": [], "annotations": [{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}]}',
        ),
        ("via.csv", "filename,file_size,region_shape_attributes\n0.jpg,1,x\n1.jpg,2,y\n"),
        ("boxes.csv", "filename,class,xmin\n0.jpg,a,1\n0.jpg,b,2\n1.jpg,a,3\n"),
        ("0.xml", "<annotation><object><name>cat</name><bndbox><xmin>1</xmin></bndbox></object></annotation>"),
        ("0.txt", "0 0.5 0.5 0.25 0.25\n1 0.1 0.2 0.3 0.4\n"),
        ("labels/0.txt", "0 0.5 0.5 0.25 0.25\n"),
    ],
)
def test_boxes_are_distinguished_from_classes(name: str, content: str) -> None:
    with pytest.raises(InvalidZip, match=BOX):
        layout_of([f"images/{name}" for name in NAMES], {name: content.encode()})


def test_ids_that_are_no_ids_and_more_keys_than_a_table_has_columns_are_reported() -> None:
    lists = b'{"images": [{"id": [1], "file_name": "0.jpg"}], "annotations": [{"image_id": [1], "category_id": 7}]}'
    wide = json.dumps([{f"key {n}": n for n in range(2_000)}, *({} for _ in range(100_000))]).encode()

    with pytest.raises(InvalidZip, match="There is only the class '7'"):
        layout_of(NAMES, {"lists.json": lists})
    with pytest.raises(InvalidZip, match=r"wide.json has a row with 2,000 columns"):
        layout_of(NAMES, {"wide.json": wide})


def test_lines_that_would_keep_a_pattern_busy_are_read_at_once() -> None:
    table = "".join(f"{name},{n % 2}\n" for n, name in enumerate(NAMES)).encode()
    spaces, digits = b"1" + b" " * 100_000 + b",\n", b"1 " + b"1" * 1_000_000 + b"x\n"
    start = time.monotonic()

    layout = layout_of(NAMES, {"labels.csv": table, "names.txt": spaces, "notes.txt": digits})

    assert layout.classes == ["0", "1"]
    assert time.monotonic() - start < 10  # for hours, where each end of the spaces is tried with each beginning


def test_where_folders_are_classes_a_table_that_cannot_be_read_is_left_out_with_the_reason() -> None:
    names = [f"{folder}/images/{n}.jpg" for folder in "xy" for n in range(6)]

    layout = layout_of(names, {"labels.csv": f"file,label\n{GOOD}".encode()})
    [notice] = layout.warnings

    assert layout.classes == ["x", "y"]
    assert notice.title == "labels.csv is not used"
    assert notice.text == (
        "6 of the 6 rows of labels.csv fit several images: '0.jpg' fits 'x/images/0.jpg', 'y/images/0.jpg'. Write the "
        "folders into the column 'file', too."
    )


def test_what_would_turn_or_control_the_text_is_shown_harmlessly() -> None:
    table = "file,label,\u202egpj\n" + "".join(
        f"{name},{'ab'[n % 2]},x\x1b[31m\u202ey\n" for n, name in enumerate(NAMES)
    )
    more = [f"{n}.jpg" for n in range(6, 30)]
    table += "".join(f"{name},a,\n" for name in more) + "\u202ex.jpg,a,\n"

    layout = layout_of([*NAMES, *more], {"labels.csv": table.encode()})

    assert layout.table is not None
    assert layout.table.rows[0] == ["0.jpg", "a", "x\ufffd[31m\ufffdy"]
    assert [column.name for column in layout.table.columns] == ["file", "label", "column 3"]
    assert layout.columns == ()
    assert layout.skipped[0].entry == "\ufffdx.jpg"
    assert layout.warnings[1].examples == ["'column 3': a value has a control character (U+001B)"]


def test_a_class_may_look_like_a_formula() -> None:
    assert layout_of(NAMES, {"labels.csv": GOOD.replace(",a", ",=SUM(A1)").encode()}).classes == ["=SUM(A1)", "b"]


def test_a_table_of_a_thousand_one_hot_columns_is_read() -> None:
    names = [f"{n}.jpg" for n in range(60)]
    lines = [f"{name},{'0,' * n}1{',0' * (999 - n)}" for n, name in enumerate(names)]
    header = ",".join(["id", *(f"class {n}" for n in range(1000))])

    assert len(layout_of(names, {"labels.csv": "\n".join([header, *lines]).encode()}).classes) == 60


def test_more_rows_than_can_be_used_are_refused_without_keeping_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.uploads.tables.rows.sample.MAX_ROWS", 10_000)
    table = b"file,label\n" + b"0.jpg,a\n1.jpg,b\n" * 10_000

    tracemalloc.start()
    with pytest.raises(InvalidZip, match=r"has more than 10,000 rows, and a zip at most 100,000 files; keep the rows"):
        layout_of(NAMES, {"labels.csv": table})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * len(table)


def test_a_table_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    """10 million rows are more than a table may have."""
    table = b"0.jpg,a\n" * 9_000_000

    with pytest.raises(InvalidZip, match=r"unpacks to 69 MiB; a table may have at most 64 MiB"):
        layout_of(zipped({name: picture() for name in NAMES} | {"labels.csv": table}))


def test_options_that_ask_for_a_table_say_what_is_wrong_with_it() -> None:
    names = [f"{label}/{name}" for label in "ab" for name in NAMES]

    with pytest.raises(InvalidZip, match="has no column that names the images"):
        layout_of(names, {"labels.csv": b"x,y\nz,w\n"}, labels_from="table")
    assert set(labels(layout_of(names, {"labels.csv": b"x,y\nz,w\n"})).values()) == {"a", "b"}
