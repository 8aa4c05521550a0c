"""What looks wrong with a table, in sentences with the step that repairs it."""

from collections import defaultdict
from collections.abc import Sized
from typing import TYPE_CHECKING

from backend.phrases import first_few
from backend.uploads.schemas import Notice

if TYPE_CHECKING:
    from backend.uploads.tables.read import LabelsTable

EXAMPLES = 20


def table_notices(table: "LabelsTable") -> list[Notice]:
    """Returns what is left out of a table's rows and columns."""
    labels, file = table.labels, table.file
    notices = []
    if labels.absent:
        title = f"{_counted(len(labels.absent), 'row')} of {file} {_verb(labels.absent, 'names', 'name')} no image"
        text = "They are left out. Add the images, or correct the names."
        notices.append(Notice(title=title, text=text, examples=labels.absent[:EXAMPLES]))
    if labels.ambiguous:
        verb = _verb(labels.ambiguous, "fits", "fit")
        title = f"{_counted(len(labels.ambiguous), 'name')} in {file} {verb} several images"
        text = "These rows are left out. Write the folders into the table, too."
        notices.append(Notice(title=title, text=text, examples=[value for value, _ in labels.ambiguous[:EXAMPLES]]))
    if labels.several:
        title = f"{_counted(len(labels.several), 'image')} with several classes in {file}"
        text = "They are left out, since an image needs one class. Remove the rows that are wrong."
        examples = ["/".join(path) for path in labels.several]
        notices.append(Notice(title=title, text=text, examples=examples[:EXAMPLES]))
    if labels.unlabeled:
        title = f"{_counted(len(labels.unlabeled), 'image')} without a class in {file}"
        text = "They are left out; a trained model can classify them in Try it."
        examples = ["/".join(path) for path in sorted(labels.unlabeled)]
        notices.append(Notice(title=title, text=text, examples=examples[:EXAMPLES]))
    if table.not_kept:
        text = "The classes are read; the values of these columns are not kept to compare images by."
        notices.append(Notice(title=f"Columns of {file} that are not kept", text=text, examples=list(table.not_kept)))
    return notices


def unlisted_notice(names: list[str]) -> Notice:
    """Returns what to do about images without a row."""
    title = f"{_counted(len(names), 'image')} without a row"
    text = "They are left out. Add rows with their classes; as they are, a trained model can classify them in Try it."
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


def _verb(items: Sized, singular: str, plural: str) -> str:
    return singular if len(items) == 1 else plural
