"""What looks wrong with a table, in sentences with the step that repairs it."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from backend.phrases import first_few
from backend.uploads.schemas import Notice
from backend.uploads.tables.file_index import Path

if TYPE_CHECKING:
    from backend.uploads.tables.read import LabelsTable

EXAMPLES = 20


def table_notices(table: "LabelsTable") -> list[Notice]:
    """Returns what is left out of a table's rows and columns."""
    labels, file = table.labels, table.file
    absent, ambiguous = len(labels.absent), len(labels.ambiguous)
    notices = [
        Notice(
            title=f"{_counted(absent, 'row')} of {file} {'names' if absent == 1 else 'name'} no image",
            text="Such rows are left out. Add the images, or correct the names.",
            examples=labels.absent[:EXAMPLES],
        ),
        Notice(
            title=f"{_counted(ambiguous, 'name')} in {file} {'fits' if ambiguous == 1 else 'fit'} several images",
            text="Such rows are left out. Write the folders into the table, too.",
            examples=[value for value, _ in labels.ambiguous[:EXAMPLES]],
        ),
        Notice(
            title=f"{_counted(len(labels.several), 'image')} with several classes in {file}",
            text="Left out, since an image needs one class. Remove the rows that are wrong.",
            examples=_names(labels.several),
        ),
        Notice(
            title=f"{_counted(len(labels.unlabeled), 'image')} without a class in {file}",
            text="Left out; a trained model can classify such images in Try it.",
            examples=_names(sorted(labels.unlabeled)),
        ),
        Notice(
            title=f"Columns of {file} that are not kept",
            text="The classes are read; the values of these columns are not kept to compare images by.",
            examples=table.not_kept,
        ),
    ]
    return [notice for notice in notices if notice.examples]


def _names(paths: Iterable[Path]) -> list[str]:
    return ["/".join(path) for path in islice(paths, EXAMPLES)]


def unlisted_notice(names: list[str]) -> Notice:
    """Returns what to do about images without a row."""
    title = f"{_counted(len(names), 'image')} without a row"
    text = "Left out. Add rows with their classes; a trained model can classify such images in Try it."
    return Notice(title=title, text=text, examples=names[:EXAMPLES])


def spelling_notices(classes: set[str]) -> list[Notice]:
    """Returns which classes differ only in upper and lower case."""
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(classes):
        spellings[name.casefold()].append(name)
    alike = [names for names in spellings.values() if len(names) > 1]
    text = (
        "They are kept as different classes. If they are the same, write them alike in the table, or merge them later."
    )
    return [Notice(title=f"Classes that differ only in case: {first_few(names)}", text=text) for names in alike]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
