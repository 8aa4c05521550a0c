"""Several tables in one zip: read together, contradicting each other, or of another purpose."""

import pytest

from backend.uploads.archive.rules import InvalidZip
from tests.support.files.label_tables import LABEL_OF, NAMES, rows
from tests.support.files.layouts import counts, images, labels, layout_of


def test_tables_of_different_images_are_read_together_and_their_names_say_the_split() -> None:
    tables = {
        f"{split}.csv": "".join(f"{name},{LABEL_OF[name]}\n" for name in names).encode()
        for split, names in (("train", NAMES[:8]), ("val", NAMES[8:]))
    }

    layout = layout_of(NAMES, tables)

    assert labels(layout) == LABEL_OF
    assert counts(layout) == {"train": {"boxer": 3, "dingo": 5}, "test": {"boxer": 1, "dingo": 3}}


def test_of_two_tables_that_contradict_each_other_one_is_chosen() -> None:
    tables = {"labels.csv": rows("{name}", "{label}"), "other.csv": rows("{name}", "x{label}", header="file,label")}

    layout = layout_of(NAMES, tables)
    [choice] = layout.choices

    assert layout.classes == ["boxer", "dingo"]
    assert (choice.option, choice.chosen, [value.value for value in choice.values]) == (
        "table",
        "labels.csv",
        ["labels.csv", "other.csv"],
    )
    other = layout_of(NAMES, tables, table="other.csv")
    assert other.classes == ["xboxer", "xdingo"]
    assert other.choices[0].chosen == "other.csv"
    with pytest.raises(InvalidZip, match=r"There is no table 'x.csv' in the zip; its tables are labels.csv, other.csv"):
        layout_of(NAMES, tables, table="x.csv")


def test_a_sample_submission_is_no_table_of_labels() -> None:
    submission = rows("{name}", "none", header="file,label")

    assert (
        labels(layout_of(NAMES, {"list.csv": rows("{name}", "{label}"), "sample_submission.csv": submission}))
        == LABEL_OF
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("classes.txt", "cat\ndog\n"),
        ("class_names.csv", "id,name\n0,cat\n1,dog\n"),
        ("label_map.json", '{"0": "cat", "1": "dog"}'),
        ("obj.names", "0: cat\n1: dog\n"),
    ],
)
def test_numbers_of_classes_get_their_names(name: str, content: str) -> None:
    layout = layout_of(NAMES[:2], {"labels.csv": b"0000.jpg,1\n0001.jpg,0\n", name: content.encode()})

    assert labels(layout) == {"0000.jpg": "dog", "0001.jpg": "cat"}
    assert layout.table is not None
    assert f"{name} names the classes" in layout.table.text
    assert layout.skipped == []


def test_names_that_can_mean_two_things_are_not_joined() -> None:
    """Of the classes 1 and 2, the second line may be class 1 or 2."""
    table = {"labels.csv": b"0000.jpg,1\n0001.jpg,2\n", "classes.txt": b"cat\ndog\nowl\n"}

    assert layout_of(NAMES[:2], table).classes == ["1", "2"]


def test_the_list_of_images_to_train_and_validate_is_the_training_split() -> None:
    tables = {"trainval.txt": b"0 1\n1 2\n2 1\n3 2\n", "test.txt": b"4 1\n5 2\n"}

    assert counts(layout_of(images("images", each=6), tables)) == {
        "train": {"1": 2, "2": 2}, "test": {"1": 1, "2": 1}
    }  # fmt: skip
