"""Questions that a table leaves open, each with the answer that was taken."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from backend.uploads.schemas import Choice, ChoiceValue
from backend.uploads.tables.agreement import Agreement
from backend.uploads.tables.file_index import Path
from backend.uploads.tables.rows.text import harmless

if TYPE_CHECKING:
    from backend.uploads.tables.read import LabelsTable

EXAMPLES = 20
MAX_VALUES = 8


def column_choice(table: "LabelsTable") -> Choice | None:
    """Returns the question which column is the class, where its name doesn't say so.

    The columns are in the order of the table, so that an answer does not move them.
    """
    columns = table.columns
    if columns.label is None or not columns.others:
        return None
    positions = sorted([columns.label, *columns.others][:MAX_VALUES])
    values = [
        ChoiceValue(value=f"{columns.names[at]}:class", title=columns.names[at], effect=_effect(table, at))
        for at in positions
    ]
    return Choice(
        option="column",
        title="Which column is the class?",
        text=f"Several columns of {table.file} can be it, and none is named so.",
        values=values,
        chosen=f"{columns.names[columns.label]}:class",
    )


def _effect(table: "LabelsTable", at: int) -> str:
    classes = list(dict.fromkeys(row[at] for row in table.sample.spread[table.columns.skip :] if row[at]))
    more = ", …" if len(classes) > 3 else ""
    return f"{', '.join(map(harmless, classes[:3]))}{more}"


def table_choice(chosen: "LabelsTable", others: Sequence["LabelsTable"]) -> Choice | None:
    """Returns the question which table is right, where several name the same images otherwise."""
    if not others:
        return None
    tables = sorted([chosen, *others][:MAX_VALUES], key=lambda table: table.file)
    values = [
        ChoiceValue(value=table.file, title=table.file, effect=f"{len(table.labels.rows):,} images, {_classes(table)}")
        for table in tables
    ]
    text = "They give classes to the same images, and not the same ones."
    return Choice(option="table", title="Several tables name classes", text=text, values=values, chosen=chosen.file)


def _classes(table: "LabelsTable") -> str:
    return f"{len({row.label for row in table.labels.rows.values()}):,} classes"


def disagreements_choice(agreement: Agreement, labels: Mapping[Path, str], chosen: str) -> Choice | None:
    """Returns the question what to do about images whose folder is not the class that the table gives."""
    if not agreement.differing:
        return None
    count = f"{len(agreement.differing):,} {'image' if len(agreement.differing) == 1 else 'images'}"
    path, folder = next(iter(agreement.differing.items()))
    return Choice(
        option="disagreements",
        title=f"The table and the folders disagree on {count}",
        text=f"{'/'.join(path)} is “{labels[path]}” in the table and “{folder}” by its folder.",
        examples=["/".join(path) for path in agreement.differing][:EXAMPLES],
        values=[
            ChoiceValue(value="folders", title="Trust the folders", effect=f"the table is not followed for {count}"),
            ChoiceValue(value="table", title="Trust the table", effect=f"changes the class of {count}"),
            ChoiceValue(value="leave_out", title="Leave them out", effect=f"{count} fewer"),
        ],
        chosen=chosen,
    )


def labels_from_choice(agreement: Agreement, images: int, listed: int, chosen: str = "table") -> Choice | None:
    """Returns the question whether folders or the table say the classes, where that makes a difference."""
    if agreement.folders < 2 or (agreement.are_classes and listed == images):
        return None
    text = (
        "Folders and table name the same classes, and the table lists fewer images."
        if agreement.are_classes
        else f"The images lie in {agreement.folders:,} folders, which are not the classes of the table."
    )
    return Choice(
        option="labels_from",
        title="Classes from the table or from the folders?",
        text=text,
        values=[
            ChoiceValue(value="table", title="The table", effect=f"{listed:,} images"),
            ChoiceValue(
                value="folders", title="The folders", effect=f"{images:,} images, {agreement.folders:,} classes"
            ),
        ],
        chosen=chosen,
    )
