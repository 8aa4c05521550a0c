"""Tables beside class folders: where both say a class, where they disagree, and where only one does."""

import pytest

from tests.support.files.layouts import counts, images, labels, layout_of

FOLDERS = images("boxer", "dingo", each=10)
TABLE_OF_FOLDERS = "file,label,site\n" + "".join(f"{name},{name.partition('/')[0]},park\n" for name in FOLDERS)


def test_a_table_that_agrees_with_the_folders_raises_no_question() -> None:
    layout = layout_of(FOLDERS, {"labels.csv": TABLE_OF_FOLDERS.encode()})

    assert (layout.choices, layout.warnings, layout.columns) == ([], [], ("site",))


@pytest.mark.parametrize(
    ("option", "classes"), [(None, "dingo"), ("folders", "dingo"), ("table", "boxer"), ("leave_out", None)]
)
def test_where_table_and_folders_disagree_one_chooses(option: str | None, classes: str | None) -> None:
    table = TABLE_OF_FOLDERS.replace("dingo/3.jpg,dingo", "dingo/3.jpg,boxer").encode()

    layout = layout_of(FOLDERS, {"labels.csv": table}, disagreements=option)
    [choice] = layout.choices

    assert labels(layout).get("dingo/3.jpg") == classes
    assert (choice.option, choice.chosen, choice.examples) == ("disagreements", option or "folders", ["dingo/3.jpg"])
    assert choice.text == "dingo/3.jpg is “boxer” in the table and “dingo” by its folder."


def test_folders_that_are_no_classes_raise_the_question_what_says_the_class() -> None:
    names = images("site a", "site b", each=4)
    table = "file,label\n" + "".join(f"{name},{'xy'[n % 2]}\n" for n, name in enumerate(names))

    layout = layout_of(names, {"labels.csv": table.encode()})

    assert layout.classes == ["x", "y"]
    assert [(choice.option, choice.chosen) for choice in layout.choices] == [("labels_from", "table")]
    layout = layout_of(names, {"labels.csv": table.encode()}, labels_from="folders")
    assert layout.classes == ["site a", "site b"]
    assert [(choice.option, choice.chosen) for choice in layout.choices] == [("labels_from", "folders")]


def test_folders_names_and_a_table_are_values_of_one_question() -> None:
    names = [f"{folder}/{label}.{n}.jpg" for folder in ("part1", "part2") for label in ("cat", "dog") for n in range(4)]
    table = "file,label\n" + "".join(f"{name},{'xy'[n % 2]}\n" for n, name in enumerate(names))

    [choice] = layout_of(names, {"labels.csv": table.encode()}, labels_from="folders").choices

    assert [value.value for value in choice.values] == ["folders", "names", "table"]


def test_a_table_without_classes_leaves_class_folders_as_they_are() -> None:
    table = "file,width,height\n" + "".join(f"{name},{n},10\n" for n, name in enumerate(FOLDERS))

    layout = layout_of(FOLDERS, {"sizes.csv": table.encode()})

    assert layout.classes == ["boxer", "dingo"]
    assert [part.path for part in layout.parts if part.role == "left_out"] == ["sizes.csv"]


def test_what_an_album_says_of_each_photo_is_no_table() -> None:
    names = images("cats", "dogs")
    layout = layout_of(names, {f"{name}.json": b'{"title": "x", "description": ""}' for name in names})

    assert [part.path for part in layout.parts] == ["cats/, dogs/"]


def test_a_table_of_validation_images_goes_with_class_folders_of_training_images() -> None:
    names = [*images("train/n01/images", "train/n02/images"), *images("val/images", name="val_{}.jpg")]
    boxes = {f"train/{name}/{name}_boxes.txt": b"0.jpg\t0\t0\t62\t62\n" for name in ("n01", "n02")}
    rows = "".join(f"val_{at}.jpg\tn0{at % 2 + 1}\t0\t0\t62\t62\n" for at in range(3))
    layout = layout_of(names, {**boxes, "val/val_annotations.txt": rows.encode()})

    assert counts(layout) == {"train": {"n01": 3, "n02": 3}, "test": {"n01": 2, "n02": 1}}


def test_numbered_class_folders_get_the_names_that_one_file_gives() -> None:
    layout = layout_of(images("set/0", "set/1"), {"set/classes.txt": b"cat\ndog\n"})

    assert layout.classes == ["cat", "dog"]
    assert layout.skipped == []
    assert layout.description == "Each class has a folder. classes.txt names the classes."


@pytest.mark.parametrize("second", ["x" * 101, "do\u202eg"])
def test_lines_that_can_be_no_classes_leave_numbers_as_they_are(second: str) -> None:
    assert layout_of(images("0", "1"), {"notes.txt": f"cat\n{second}\n".encode()}).classes == ["0", "1"]
