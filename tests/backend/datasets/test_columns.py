"""Columns of an upload: numbers and values, what is left out, and what a version keeps."""

from pathlib import Path

import numpy as np
import pytest

from backend.datasets.columns import (
    Column,
    Columns,
    LeftOut,
    copy_columns,
    number_column,
    read_columns,
    text_column,
    write_columns,
)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "2.5", "", "1"], ["1", "2.5"]),  # few values are taken as they are
        ([str(n / 7) for n in range(60)], None),
        (["a", "b", "", "a"], ["a", "b"]),
        ([f"{n % 50}x" for n in range(100)], sorted(f"{n}x" for n in range(50))),
    ],
)
def test_many_numbers_stay_numbers_and_texts_are_values(texts: list[str], values: list[str] | None) -> None:
    column = text_column("column1", "age", texts)

    assert isinstance(column, Column)
    assert column.values == values
    assert np.isnan(column.data).tolist() == [text == "" for text in texts]


def test_a_column_of_too_many_texts_is_left_out_with_the_reason() -> None:
    column = text_column("column1", "note", ["nan", *(f"note {n}" for n in range(60))])

    assert isinstance(column, LeftOut)
    assert column.reason == "it has 61 values that are not all numbers; at most 50 are kept"


def test_a_version_keeps_the_columns_of_its_images(tmp_path: Path) -> None:
    source, version = tmp_path / "source", tmp_path / "version"
    source.mkdir()
    version.mkdir()
    columns = Columns([number_column("size", "Size", [10, 20, 30])], [LeftOut("note", "too many")])
    write_columns(source, columns, {"train": np.array([2, 0]), "test": np.array([1])})

    copy_columns(source, version, {"train": np.array([1]), "test": np.array([0])})

    train = read_columns(version, "train")
    assert train is not None
    assert (train.kept[0].key, train.kept[0].data.tolist()) == ("size", [10])
    assert train.left_out == columns.left_out


def test_a_dataset_without_columns_has_none(tmp_path: Path) -> None:
    copy_columns(tmp_path, tmp_path / "nowhere", {})

    assert read_columns(tmp_path, "train") is None
