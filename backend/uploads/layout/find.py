"""Finds the layout of an uploaded zip: which entry is an image of which class and split.

Known are class folders, also below train/, validation/ and test/ or names like them, file names that say the class, and
tables.
"""

from collections.abc import Iterable, Sequence
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.names import encoding_choice
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.contradictions import settle_contradictions
from backend.uploads.layout.folders import read_folders
from backend.uploads.layout.left_out import empty_folders, leave_out
from backend.uploads.layout.refusals import check_classes
from backend.uploads.layout.split_classes import settle_splits
from backend.uploads.layout.types import Layout
from backend.uploads.layout.value_range import look_at_values
from backend.uploads.schemas import Choice
from backend.uploads.tables.candidates import find_workbook, is_table
from backend.uploads.tables.class_names import with_class_names
from backend.uploads.tables.find import find_tables


def find_layout(archive: ZipFile, entries: Sequence[Entry], options: UploadOptions) -> Layout:
    """Returns the classes and images of a zip, and the files that are left out.

    Raises:
        InvalidZip: it has no images, fewer than two classes, or another layout.
    """
    kept, left_out = leave_out(entries)
    files = _without_wrapping_folder({entry.parts: entry for entry in kept if not entry.is_folder})
    tables = find_tables(archive, files, options)
    try:
        read = tables.labeling or with_class_names(archive, files, read_folders(files, options))
        agreeing = settle_contradictions(archive, sorted(read.images, key=lambda image: image.entry.name), options)
        settled = settle_splits(agreeing.images)
        check_classes(settled.images, list(files.values()), left_out)
    except InvalidZip as error:
        raise tables.problem or find_workbook(entries) or error from error
    values = look_at_values(archive, settled.images, options)
    names = encoding_choice([entry.info for entry in entries], options.name_encoding)
    choices = [*read.choices, *tables.choices, *agreeing.choices, *values.choices, *([names] if names else [])]
    left_by_name = [file for kind in left_out for file in kind.skipped]
    return Layout(
        classes=sorted({image.label for image in settled.images}),
        images=settled.images,
        skipped=agreeing.skipped + read.skipped + settled.skipped + left_by_name,
        columns=read.columns,
        description=read.description,
        parts=read.parts + tables.left_out + [kind.part for kind in left_out],
        table=read.table,
        warnings=read.warnings + tables.warnings + settled.warnings + empty_folders(kept),
        choices=_joined(choices),
        contradictions=agreeing.pictures,
        value_range=values.ends,
    )


def _joined(choices: Iterable[Choice]) -> list[Choice]:
    """Returns the choices with the values of those of the same option in one."""
    joined: dict[str, Choice] = {}
    for choice in choices:
        known = joined.setdefault(choice.option, choice)
        further = [value for value in choice.values if value.value not in {value.value for value in known.values}]
        joined[choice.option] = known.model_copy(update={"values": known.values + further})
    return list(joined.values())


def _without_wrapping_folder(paths: dict[tuple[str, ...], Entry]) -> dict[tuple[str, ...], Entry]:
    """Removes the outer folders that contain nothing but one other folder."""
    while len({path[0] for path in paths}) == 1:
        below = {path[1:]: entry for path, entry in paths.items() if len(path) > 1}
        if not any(len(path) > 1 or is_table(path) for path in below):
            break
        paths = below
    return paths
