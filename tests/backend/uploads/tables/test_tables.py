"""Tables as people bring them: what is read, what is left out, and what is refused with which sentence."""

import json

import pytest

from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.types import Layout
from tests.support.files.label_tables import LABEL_OF, NAMES, rows
from tests.support.files.layouts import counts, images, labels, layout_of


def read(table: bytes, name: str = "list.csv", **options: object) -> Layout:
    return layout_of(NAMES, {name: table}, **options)


def roles(layout: Layout) -> dict[str, str]:
    assert layout.table is not None
    return {column.name: column.role for column in layout.table.columns}


@pytest.mark.parametrize(
    "table",
    [
        rows("{stem}", "{label}", header="id,breed"),
        rows("{stem}", "{label}", "", "", header="id,label,index,"),
        rows("{name}", "{label}"),
        rows("{label}", "{name}", header="target,image_id"),
        rows("{n}", "{name}", "{label}", header=",file,label"),
        rows("{n}", "{label}", header="id_code,Species"),  # a spreadsheet takes the zeros of 0001 away
        rows("./{name}", " {label} ", header="File , Label"),
        rows("C:\\Users\\x\\data\\train\\{name}", "{label}", header="path,category"),
        rows("/content/drive/My Drive/{name}", "{label}", header="path,category"),
        rows("https://example.org/data/upload/1/0a1b2c3d-{name}?x=1", "{label}", header="image,choice"),
        rows("/data/local-files/?d=photos/{name}", "{label}", header="image,choice"),
        rows("{stem}.JPEG", "{label}", header="image_name,class_name"),
        rows('"{name}"', '"{label}"', header='"file","label"'),
        rows("'{name}'", "'{label}'", header="'file','label'"),
        rows("{name}", '"[""{label}""]"', header="image,choices"),
        b"sep=;\n" + rows("{name};{label}", header="file;label"),
        b"sep=\t\r\n" + rows("{name}\t{label}", header="file\tlabel"),
        b"Leaves of 2024\n\n" + rows("{name}", "{label}", header="file,label"),
        rows("{name}^{label}", header="file^label"),
        rows("{n}.0", "{label}", header="id,class"),  # pandas makes floats of numbers where one is missing
        b"# made by hand, in 2024\n" + rows("{name}", "{label}", header="name,label"),
        rows("%2e/set/{name}", "{label}", header="url,tag"),
    ],
)
def test_each_of_these_tables_says_the_same(table: bytes) -> None:
    layout = read(table)

    assert labels(layout) == LABEL_OF
    assert layout.skipped == []
    assert layout.warnings == []


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("labels.json", '[{"file_name": "0000.jpg", "label": "a"}, {"file_name": "0001.jpg", "label": "b"}]'),
        ("metadata.jsonl", '{"file_name": "0000.jpg", "label": "a"}\n{"file_name": "0001.jpg", "label": "b"}\n'),
        ("labels.json", '{"0000.jpg": "a", "0001.jpg": "b"}'),
        ("train.txt", "0000.jpg a\n0001.jpg b\n"),
        ("labels.tsv", "0000.jpg\ta\n0001.jpg\tb\n"),
    ],
)
def test_tables_are_read_in_other_files_than_csv(name: str, table: str) -> None:
    assert labels(layout_of(NAMES[:2], {name: table.encode()})) == {"0000.jpg": "a", "0001.jpg": "b"}


def test_columns_are_shown_with_their_roles_and_first_rows() -> None:
    layout = read(rows("{n}", "{name}", "{label}", "park", header=";filename;species;site").replace(b",", b";"))

    assert roles(layout) == {"column 1": "ignored", "filename": "image", "species": "class", "site": "slices"}
    assert layout.table is not None
    assert layout.table.text == "Semicolons, UTF-8, names in the first row. 12 of 12 rows name an image."
    assert layout.table.rows[1] == ["1", "0001.jpg", "dingo", "park"]
    assert len(layout.table.rows) == 4
    assert layout.columns == ("site",)
    assert [part.role for part in layout.parts] == ["labels"]


def test_a_column_can_be_chosen() -> None:
    table = rows("{name}", "{label}", "{n}", header="file,breed,colour").replace(b",1\n", b",0\n")

    assert set(labels(read(table)).values()) == {"boxer", "dingo"}
    layout = read(table, column=["colour:class", "breed:ignored"])
    assert len(layout.classes) == 11
    assert roles(layout) == {"file": "image", "breed": "ignored", "colour": "class"}
    with pytest.raises(InvalidZip, match="has no column 'color'; its columns are file, breed, colour"):
        read(table, column=["color:class"])


def test_of_columns_without_a_telling_name_one_is_suggested() -> None:
    [choice] = read(rows("{name}", "{n}.5", "{label}", "x{label}", header="file,a,b,c")).choices

    assert (choice.option, choice.chosen) == ("column", "b:class")
    assert [value.effect for value in choice.values] == ["boxer, dingo", "xboxer, xdingo"]


@pytest.mark.parametrize(
    ("header", "values", "splits"),
    [
        ("split", ("train", "valid", "test"), ("train", "validation", "test")),
        ("Usage", ("Training", "PublicTest", "PrivateTest"), ("train", "validation", "test")),
        ("is_train", ("1", "1", "0"), ("train", "train", "test")),
        ("is_test", ("False", "False", "True"), ("train", "train", "test")),
        ("fold", ("1", "2", "3"), ("train", "train", "test")),
        ("partition", ("0", "1", "2"), ("train", "validation", "test")),
        ("anything", ("TRAIN", "train", "TEST"), ("train", "train", "test")),
    ],
)
def test_a_split_column_divides_the_images(header: str, values: tuple[str, ...], splits: tuple[str, ...]) -> None:
    lines = [f"{name},{'ab'[n % 2]},{values[n % 3]}" for n, name in enumerate(NAMES)]

    layout = read("\n".join([f"file,label,{header}", *lines]).encode())

    assert {image.entry.name: image.split for image in layout.images} == {
        name: splits[n % 3] for n, name in enumerate(NAMES)
    }
    assert layout.columns == ()


def test_equally_telling_names_of_columns_raise_a_question() -> None:
    [choice] = read(rows("{name}", "{label}", "x{label}", header="file,species,breed")).choices

    assert [value.value for value in choice.values] == ["species:class", "breed:class"]


def test_several_classes_in_one_value_are_left_out() -> None:
    names = [f"{n}.jpg" for n in range(30)]
    table = "file,label\n" + "".join(f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(names[2:]))
    table += '0.jpg,a|b\n1.jpg,"{""choices"": [""b"", ""a""]}"\n'

    layout = layout_of(names, {"list.csv": table.encode()})

    assert layout.classes == ["a", "b"]
    assert {skipped.entry: skipped.reason for skipped in layout.skipped} == {
        "0.jpg": "list.csv gives it several classes, 'a' and 'b'",
        "1.jpg": "list.csv gives it several classes, 'a' and 'b'",
    }


def test_classes_that_differ_in_case_are_reported() -> None:
    [notice] = read(rows("{name}", "{label}").replace(b"0001.jpg,dingo", b"0001.jpg,Dingo")).warnings

    assert notice.title == "Classes that differ only in case: Dingo, dingo"


def test_names_that_are_in_several_folders_are_those_of_the_folder_that_has_them_all() -> None:
    names = images("train", each=12) + images("test", each=4)
    table = "image,label\n" + "".join(f"{n}.jpg,{'ab'[n % 2]}\n" for n in range(12))

    layout = layout_of(names, {"labels.csv": table.encode()})

    assert set(labels(layout)) == set(images("train", each=12))
    assert [part.role for part in layout.parts] == ["labels", "train", "left_out"]


def test_masks_beside_the_images_are_not_meant() -> None:
    names = [*images("images", each=12), *images("masks", each=12, name="{}.png")]
    table = "id,label\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(12))

    assert set(labels(layout_of(names, {"labels.csv": table.encode()}))) == set(images("images", each=12))


def test_a_name_that_fits_several_images_is_left_out() -> None:
    names = ["a/0.jpg", "b/0.jpg", *(f"{'ab'[n % 2]}/x{n}.jpg" for n in range(30))]
    table = "image,label\n0.jpg,u\n" + "".join(f"x{n}.jpg,{'uuvv'[n % 4]}\n" for n in range(30))

    layout = layout_of(names, {"labels.csv": table.encode()}, labels_from="table")

    assert len(layout.images) == 30
    assert layout.skipped[0].reason == "labels.csv names it, and 'a/0.jpg' and 'b/0.jpg' fit"
    assert layout.warnings[0].title == "1 name in labels.csv fits several images"


def test_one_hot_columns_are_classes() -> None:
    lines = [f"{name},{n % 3 == 0:d}, {n % 3 == 1:d},{n % 3 == 2:d}" for n, name in enumerate(NAMES)]
    lines[0] = "0000.jpg,0,0,0"
    lines[1] = "0001.jpg,1,1,0"

    layout = read("\n".join(["filename, mel, nv, bcc", *lines]).encode())

    assert layout.classes == ["bcc", "mel", "nv"]
    assert labels(layout)["0002.jpg"] == "bcc"
    assert {skipped.entry: skipped.reason for skipped in layout.skipped} == {
        "0000.jpg": "list.csv gives it no class",
        "0001.jpg": "list.csv gives it several classes, 'mel' and 'nv'",
    }
    assert [notice.title for notice in layout.warnings] == [
        "1 image with several classes in list.csv",
        "1 image without a class in list.csv",
    ]


def test_rows_without_a_file_and_files_without_a_row_are_named() -> None:
    names = [f"{n}.jpg" for n in range(30)]
    table = "file,label\n" + "".join(f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(names[:28]))

    layout = layout_of(names, {"labels.csv": (table + "gone.jpg,a\n").encode()})

    assert len(layout.images) == 28
    assert {skipped.entry: skipped.reason for skipped in layout.skipped} == {
        "gone.jpg": "labels.csv names it, and it is not in the zip",
        "28.jpg": "labels.csv does not list it",
        "29.jpg": "labels.csv does not list it",
    }
    assert [notice.title for notice in layout.warnings] == [
        "1 row of labels.csv names no image",
        "2 images without a row",
    ]


def test_names_in_the_folder_of_the_table_come_first() -> None:
    names = images("train/images", "test/images", each=4)
    tables = {
        f"{split}/labels.csv": f"name,label\n0.jpg,{a}\n1.jpg,{a}\n2.jpg,{b}\n3.jpg,{b}\n".encode()
        for split, a, b in (("train", "x", "y"), ("test", "y", "x"))
    }

    layout = layout_of(names, tables)

    assert counts(layout) == {"train": {"x": 2, "y": 2}, "test": {"x": 2, "y": 2}}
    assert labels(layout)["test/images/0.jpg"] == "y"


def test_the_full_export_of_label_studio_is_read() -> None:
    tasks = [
        {
            "id": at,
            "data": {"image": f"/data/upload/1/ab12cd34-{at}.jpg"},
            "annotations": [{"result": [{"value": value}]}],
        }
        for at, value in enumerate([{"choices": ["a"]}, {"choices": ["b"]}] * 5)
    ]
    layout = layout_of(images("images", each=10), {"project.json": json.dumps(tasks).encode()})

    assert counts(layout) == {None: {"a": 5, "b": 5}}


def test_a_column_with_another_value_in_each_row_is_no_class() -> None:
    captions = "".join(f'{{"file_name": "{at}.jpg", "text": "picture {at}"}}\n' for at in range(9))
    with pytest.raises(InvalidZip, match="'text' has another value in each row"):
        layout_of(images("photos", each=9), {"metadata.jsonl": captions.encode()})


def test_an_answer_does_not_move_the_columns_that_can_be_the_class() -> None:
    table = "file,color,shape\n" + "".join(f"{name},{'rb'[n % 2]},{'cst'[n % 3]}\n" for n, name in enumerate(NAMES))
    for columns in (None, ["shape:class"]):
        (choice,) = read(table.encode(), column=columns).choices
        assert [value.value for value in choice.values] == ["color:class", "shape:class"]

    assert choice.chosen == "shape:class"
