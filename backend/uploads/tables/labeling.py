"""Brings tables and folders together: the class and split of each image, and what is left out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from backend.datasets.schemas import SkippedEntry, UploadOptions
from backend.phrases import first_few
from backend.uploads.archive.rules import quoted
from backend.uploads.layout.class_names import class_name
from backend.uploads.layout.parts import ZipPart, find_parts
from backend.uploads.layout.rows import ROLES
from backend.uploads.layout.types import LabeledImage, Labeling, Paths
from backend.uploads.schemas import Part, PartRole
from backend.uploads.tables.agreement import compare_folders
from backend.uploads.tables.choices import column_choice, disagreements_choice, labels_from_choice
from backend.uploads.tables.file_index import Path
from backend.uploads.tables.labels import Row
from backend.uploads.tables.notices import spelling_notices, table_notices, unlisted_notice
from backend.uploads.tables.read import LabelsTable
from backend.uploads.tables.words import SPLIT_VALUES, words


class Place(NamedTuple):
    """Where an image lies: in a part of the zip, and in which folders of that part."""

    part: ZipPart
    folders: Path


class TableRow(NamedTuple):
    """A row with its table, and the name of its class."""

    table: LabelsTable
    row: Row
    label: str


class ImageLabeler:
    """Labels the images of a zip by tables that name different ones."""

    def __init__(self, tables: Sequence[LabelsTable], images: Paths, options: UploadOptions) -> None:
        self._tables = tables
        self._images = images
        self._parts = find_parts(images, options)
        self._places = _places(self._parts, images)
        self._rows = {
            path: TableRow(table, row, table.class_of(row))
            for table in tables
            for path, row in table.labels.rows.items()
        }
        self._labels = {path: row.label for path, row in self._rows.items()}
        self._by_folder = self._parts_of_class_folders()
        self._agreement = compare_folders(self._labels, {path: place.folders for path, place in self._places.items()})
        self._trusted = options.disagreements or "folders"

    def _parts_of_class_folders(self) -> dict[Path, str]:
        """Returns the classes of the images of parts that no table lists, where each lies in the folder of a class.

        So are the training images of Tiny ImageNet, beside a table of its validation images.
        """
        listed = {self._places[path].part.folder for path in self._rows}
        others = {path: place for path, place in self._places.items() if place.part.folder not in listed}
        used = {path: place for path, place in others.items() if place.part.is_used and place.part.role}
        classes = set(self._labels.values())
        if not all(place.folders and place.folders[0] in classes for place in used.values()):
            return {}
        return {path: place.folders[0] for path, place in used.items()}

    def labeling(self) -> Labeling:
        """Returns the images with a row, and names the others."""
        first = self._tables[0]
        result = Labeling(
            skipped=[skipped for table in self._tables for skipped in _rows_left_out(table)],
            parts=[*(table.as_part(self._agreement.folders > 1) for table in self._tables), *self._split_parts()],
            description=_description(self._tables),
            columns=first.kept_names,
            table=first.as_read(),
            warnings=[notice for table in self._tables for notice in table_notices(table)],
        )
        self._add_images(result, ("",) * len(first.kept_names))
        self._leave_out_others(result)
        result.warnings += spelling_notices({image.label for image in result.images})
        choices = (
            column_choice(first),
            disagreements_choice(self._agreement, self._labels, self._trusted),
            labels_from_choice(self._agreement, len(self._images), len(self._rows)),
        )
        result.choices = [choice for choice in choices if choice is not None]
        return result

    def _add_images(self, result: Labeling, no_values: tuple[str, ...]) -> None:
        """Adds the images with a row, then those of class folders, which have no values of further columns."""
        splits = self._splits()
        for path, row in self._rows.items():
            self._add(result, path, row, splits[path])
        for path, label in self._by_folder.items():
            split = self._places[path].part.role
            result.images.append(LabeledImage(self._images[path], class_name(label), split, no_values))

    def _add(self, result: Labeling, path: Path, row: TableRow, split: PartRole | None) -> None:
        entry = self._images[path]
        if reason := self._reason_to_leave_out(path, row, split):
            result.skipped.append(SkippedEntry(entry=entry.name, reason=reason))
            return
        by_folder = self._agreement.differing.get(path) if self._trusted == "folders" else None
        folder = "/".join(path[:-1]).removeprefix(self._places[path].part.folder).strip("/")
        values = row.table.kept_values(row.row, self._tables[0].kept_names)
        result.images.append(LabeledImage(entry, class_name(by_folder or row.label), split, values, folder))

    def _reason_to_leave_out(self, path: Path, row: TableRow, split: PartRole | None) -> str | None:
        if self._trusted == "leave_out" and path in self._agreement.differing:
            return f"its folder says {self._agreement.differing[path]} and {row.table.file} says {row.label}"
        if split != "left_out":
            return None
        has_splits = row.table.columns.split is not None
        return f"{row.table.file} gives it no split" if has_splits else "its folder is left out"

    def _splits(self) -> Mapping[Path, PartRole | None]:
        """Returns the split of each row: by its table's column, its folder, or the name of its table."""
        if any(table.columns.split is not None for table in self._tables):
            return {path: row.row.split or "left_out" for path, row in self._rows.items()}
        if any(part.role for part in self._parts):
            return {path: self._places[path].part.role for path in self._rows}
        roles = {table.file: _role(table) for table in self._tables}
        if len(set(roles.values())) < 2 or None in roles.values():
            return dict.fromkeys(self._rows)
        return {path: roles[row.table.file] for path, row in self._rows.items()}

    def _split_parts(self) -> list[Part]:
        """Returns the rows of the folders that are splits; those without any image of the tables come last."""
        listed = Counter(self._places[path].part.folder for path in (*self._rows, *self._by_folder))
        parts = [part for part in self._parts if part.folder and part.role is not None]
        return [_part(part, listed[part.folder]) for part in sorted(parts, key=lambda part: not listed[part.folder])]

    def _leave_out_others(self, result: Labeling) -> None:
        """Names the images whose row has no single class, and those without a row."""
        unlisted = []
        nowhere = f"{self._tables[0].file} does not list it" if len(self._tables) == 1 else "no table lists it"
        for path, entry in self._images.items():
            if path not in self._rows and path not in self._by_folder:
                reason = _reason(self._tables, path)
                result.skipped.append(SkippedEntry(entry=entry.name, reason=reason or nowhere))
                unlisted += [] if reason else [entry.name]
        if unlisted:
            result.warnings.append(unlisted_notice(unlisted))


def _reason(tables: Sequence[LabelsTable], path: Path) -> str | None:
    return next((f"{table.file} {reason}" for table in tables if (reason := table.labels.reason(path))), None)


def _rows_left_out(table: LabelsTable) -> Iterator[SkippedEntry]:
    for value in table.labels.absent:
        yield SkippedEntry(entry=value, reason=f"{table.file} names it, and it is not in the zip")
    for value, paths in table.labels.ambiguous:
        fitting = " and ".join(quoted("/".join(path)) for path in paths[:2])
        yield SkippedEntry(entry=value, reason=f"{table.file} names it, and {fitting} fit")


def _places(parts: Sequence[ZipPart], images: Paths) -> dict[Path, Place]:
    places = {image.entry.name: Place(part, image.folders) for part in parts for image in part.images}
    return {path: places[entry.name] for path, entry in images.items()}


def _part(part: ZipPart, listed: int) -> Part:
    text = f"{len(part.images):,} images"
    if not listed:
        return Part(path=f"{part.folder}/", text=f"{text} without a row", role="left_out")
    return Part(path=f"{part.folder}/", text=text, role=part.role or "left_out", roles=ROLES)


def _role(table: LabelsTable) -> PartRole | None:
    """Returns the split that a table's name or folder says, as `val.csv` does."""
    found = [SPLIT_VALUES[word] for word in words(table.file) if word in SPLIT_VALUES]
    return found[-1] if found else None


def _description(tables: Sequence[LabelsTable]) -> str:
    files = first_few([table.file for table in tables])
    return f"{files} {'says' if len(tables) == 1 else 'say'} the class of each image."
