"""Finds the tables of a zip that name the classes of its images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from zipfile import ZipFile

from backend.datasets.file_kinds import UNPACK
from backend.datasets.schemas import SkippedEntry, UploadOptions
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.types import Labeling, Paths
from backend.uploads.schemas import Choice, Part
from backend.uploads.tables import json_rows
from backend.uploads.tables.boxes import find_boxes
from backend.uploads.tables.choices import table_choice
from backend.uploads.tables.class_names import names_by_number
from backend.uploads.tables.file_index import NUMBER_STRENGTH, FileIndex, Path
from backend.uploads.tables.labeling import ImageLabeler
from backend.uploads.tables.read import LabelsTable, NoLabels, open_table, open_text, read_labels
from backend.uploads.tables.words import SPLIT_VALUES, words

SUFFIXES = (".csv", ".tsv", ".txt", *json_rows.SUFFIXES)
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".parquet", ".feather", ".pkl", ".mat")
SAVE_AS_CSV = (
    "If it has the labels, save it as CSV (UTF-8) with the columns file,label beside the images, and zip again."
)
NAMES_SUFFIXES = (*SUFFIXES, ".names")
MAX_TABLES = 10  # are read; one of a million rows takes five seconds
MAX_NAMES_BYTES = 1024**2
LABELS_WORDS = {"label", "labels", "annotation", "annotations", "class", "classes", "metadata", "train"}
OTHER_WORDS = {"readme", "license", "licence", "requirements", "changelog", "submission", "package"}


@dataclass
class TablesFound:
    """`labeling` is what the tables say, or None; `problem` says what is wrong with the likeliest one.

    `left_out` are tables that are not used, and `choices` questions where `labeling` is None.
    """

    labeling: Labeling | None = None
    problem: InvalidZip | None = None
    left_out: list[Part] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


def find_tables(archive: ZipFile, files: Paths, options: UploadOptions) -> TablesFound:
    """Reads the tables among the files. Raises InvalidZip if an option asks for one that can't be read."""
    images = {path: entry for path, entry in files.items() if not is_table(path) and not not_an_image(entry)}
    if options.labels_from == "names" or not images:
        return TablesFound()
    return _TableFinder(archive, files, images, options).find()


class _TableFinder:
    def __init__(self, archive: ZipFile, files: Paths, images: Paths, options: UploadOptions) -> None:
        self._archive = archive
        self._files = files
        self._images = images
        self._options = options
        self._index = FileIndex(images)
        self._is_chosen = options.labels_from == "table" or bool(options.table or options.column)
        self._may_guess = self._is_chosen or not _has_class_folders(images)
        self._tables: list[LabelsTable] = []
        self._problems: list[InvalidZip] = []
        self._left_out: list[Part] = []

    def find(self) -> TablesFound:
        boxes = find_boxes(self._archive, self._files) if self._may_guess else None
        for path in self._paths()[:MAX_TABLES]:
            if not (boxes and path[-1].casefold().endswith(".txt")):
                self._read(path)
        if self._tables:
            return self._found()
        if self._options.labels_from == "folders" or not self._may_guess:
            return TablesFound(left_out=self._left_out)
        problems = [*([boxes] if boxes else []), *self._problems]
        if problems and self._is_chosen:
            raise problems[0]
        return TablesFound(problem=problems[0] if problems else None, left_out=self._left_out)

    def _read(self, path: Path) -> None:
        try:
            table = open_table(open_text(self._archive, self._files[path], path), path, self._index)
            self._tables.append(read_labels(table, self._index, self._options, self._may_guess))
        except NoLabels as error:
            if error.has_columns:
                self._problems.append(InvalidZip(f"{'/'.join(path)} {error}."))
                self._left_out.append(_left_out("/".join(path), "says no classes of the images"))
        except InvalidZip as error:
            self._problems.append(error)
            self._left_out.append(_left_out("/".join(path), "can't be read as a table of labels"))

    def _found(self) -> TablesFound:
        self._prefer_literal_names()
        together, alternatives, repeating = _compatible(self._tables)
        named = [self._with_names(table) for table in together]
        labeling = ImageLabeler(named, self._images, self._options).labeling()
        if self._options.labels_from == "folders":
            unused = [_left_out(table.file, "not used, since the folders are chosen", True) for table in self._tables]
            choices = [choice for choice in labeling.choices if choice.option == "labels_from"]
            chosen = [choice.model_copy(update={"chosen": "folders"}) for choice in choices]
            return TablesFound(left_out=[*self._left_out, *unused], choices=chosen)
        if choice := table_choice(named[0], alternatives):
            labeling.choices.append(choice)
        self._left_out += [_left_out(table.file, "gives these images other classes", True) for table in alternatives]
        self._left_out += [_left_out(table.file, "says the same of these images") for table in repeating]
        labeling.skipped += self._other_files()
        return TablesFound(labeling, left_out=self._left_out)

    def _prefer_literal_names(self) -> None:
        """Keeps the tables that name images as they are, where others have only numbers, as tables of classes do."""
        if any(table.strength > NUMBER_STRENGTH for table in self._tables):
            self._tables = [table for table in self._tables if table.strength > NUMBER_STRENGTH]
        self._tables.sort(key=lambda table: -len(table.labels.rows))

    def _other_files(self) -> list[SkippedEntry]:
        """Returns the files that are neither images nor used tables, with the reason."""
        used = {table.file for table in self._tables} | {part.path for part in self._left_out if part.role == "classes"}
        others = [path for path in self._files if path not in self._images and "/".join(path) not in used]
        return [SkippedEntry(entry=self._files[path].name, reason=not_an_image(self._files[path])) for path in others]

    def _paths(self) -> list[Path]:
        """Returns the files that can be tables, the likeliest first. A text beside each image is an annotation."""
        stems = {_without_suffix(path) for path in self._images}
        paths = [
            path
            for path in self._files
            if is_table(path) and path not in self._images and _without_suffix(path) not in stems
        ]
        if self._options.table is None:
            paths = [path for path in paths if not OTHER_WORDS & set(words(path[-1]))]
            return sorted(paths, key=lambda path: (not LABELS_WORDS & set(words(path[-1])), len(path), path))
        chosen = [path for path in paths if self._options.table in ("/".join(path), path[-1])]
        if not chosen:
            there = ", ".join("/".join(path) for path in paths[:8]) or "none"
            raise InvalidZip(f"There is no table {quoted(self._options.table)} in the zip; its tables are {there}.")
        return chosen

    def _with_names(self, table: LabelsTable) -> LabelsTable:
        """Returns the table with the names of its classes, if these are numbers and one file names them."""
        numbers = {row.label for row in table.labels.rows.values()}
        if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
            return table
        found = {path: names for path in self._names_paths() if (names := self._names(path, numbers))}
        if len({tuple(sorted(names.items())) for names in found.values()}) != 1:
            return table
        path, names = next(iter(found.items()))
        file = "/".join(path)
        self._left_out = [part for part in self._left_out if part.path != file]
        self._left_out.append(Part(path=file, text=f"names of {len(names):,} classes", role="classes"))
        return replace(table, names=names, names_file=file)

    def _names_paths(self) -> list[Path]:
        used = {table.file for table in self._tables}
        paths = [path for path in self._files if path[-1].casefold().endswith(NAMES_SUFFIXES)]
        return [path for path in paths if path not in self._images and "/".join(path) not in used][:MAX_TABLES]

    def _names(self, path: Path, numbers: Iterable[str]) -> dict[str, str] | None:
        if self._files[path].info.file_size > MAX_NAMES_BYTES:
            return None
        try:
            return names_by_number(open_text(self._archive, self._files[path], path).lines(), set(numbers))
        except InvalidZip:
            return None


def find_workbook(entries: Iterable[Entry]) -> InvalidZip | None:
    """Returns the refusal of a zip whose labels are in a spreadsheet program's own file."""
    for entry in entries:
        name = entry.name.casefold()
        if name.endswith(WORKBOOKS) or (name.endswith(SUFFIXES) and entry.kind.step == UNPACK):
            return InvalidZip(f"{entry.name} is no text. {SAVE_AS_CSV}")
    return None


def is_table(path: Path) -> bool:
    """True if a file's name is that of a table. Its content may look like an image: that of `BMW.jpg,car` does."""
    return path[-1].casefold().endswith(SUFFIXES)


def _compatible(
    tables: Sequence[LabelsTable],
) -> tuple[list[LabelsTable], list[LabelsTable], list[LabelsTable]]:
    """Returns the first table with those that name other images, those that contradict it, and those that repeat it."""
    together: list[LabelsTable] = []
    alternatives: list[LabelsTable] = []
    repeating: list[LabelsTable] = []
    known: dict[Path, str] = {}
    for table in tables:
        labels = {path: row.label for path, row in table.labels.rows.items()}
        if not known.keys() & labels.keys():
            together.append(table)
            known |= labels
        elif any(known.get(path, label) != label for path, label in labels.items()):
            alternatives.append(table)
        else:
            repeating.append(table)
    return together, alternatives, repeating


def _left_out(file: str, text: str, may_be_used: bool = False) -> Part:
    return Part(path=file, text=text, role="left_out", roles=["left_out", "labels"] if may_be_used else [])


def _has_class_folders(images: Iterable[Path]) -> bool:
    """True if images lie in several folders that do not only divide them into splits."""
    return len({path[-2] for path in images if len(path) > 1 and path[-2].casefold() not in SPLIT_VALUES}) > 1


def _without_suffix(path: Path) -> Path:
    return (*path[:-1], path[-1].rpartition(".")[0])
