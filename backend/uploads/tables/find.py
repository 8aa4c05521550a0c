"""Finds the tables of a zip that name the classes of its images, and which of them are used."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zipfile import ZipFile

from backend.datasets.schemas import SkippedEntry, UploadOptions
from backend.phrases import first_few
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.types import Labeling, Paths
from backend.uploads.schemas import Choice, Notice, Part
from backend.uploads.tables.boxes import find_boxes
from backend.uploads.tables.candidates import has_class_folders, is_table, table_paths
from backend.uploads.tables.choices import table_choice
from backend.uploads.tables.class_names import find_class_names
from backend.uploads.tables.file_index import NUMBER_STRENGTH, FileIndex, Path
from backend.uploads.tables.labeling import ImageLabeler
from backend.uploads.tables.read import LabelsTable, NoLabels, open_table, open_text, read_labels

MAX_TABLES = 10  # are read; one of a million rows takes five seconds


@dataclass
class TablesFound:
    """`labeling` is what the tables say, or None; `problem` says what is wrong with the likeliest one.

    `left_out` are tables that are not used, `warnings` say why, and `choices` are questions where `labeling` is None.
    """

    labeling: Labeling | None = None
    problem: InvalidZip | None = None
    left_out: list[Part] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Grouped:
    """Tables that are used together, those that contradict them, and those that only repeat them."""

    used: list[LabelsTable] = field(default_factory=list)
    contradicting: list[LabelsTable] = field(default_factory=list)
    repeating: list[LabelsTable] = field(default_factory=list)


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
        self._may_guess = self._is_chosen or not has_class_folders(images)
        self._tables: list[LabelsTable] = []
        self._problems: dict[str, InvalidZip] = {}
        self._left_out: list[Part] = []
        self._warnings: list[Notice] = []

    def find(self) -> TablesFound:
        boxes = find_boxes(self._archive, self._files) if self._may_guess else None
        paths = table_paths(self._files, self._images)
        for path in paths[:MAX_TABLES]:
            if not (boxes and path[-1].casefold().endswith(".txt")):
                self._read(path)
        self._check_chosen(paths)
        if self._tables:
            return self._found()
        problem = boxes or next(iter(self._problems.values()), None)
        if self._options.labels_from == "folders" or not self._may_guess:
            problem = None
        if problem and self._is_chosen:
            raise problem
        return TablesFound(problem=problem, left_out=self._left_out, warnings=self._warnings)

    def _read(self, path: Path) -> None:
        file = "/".join(path)
        try:
            table = open_table(open_text(self._archive, self._files[path], path), path, self._index)
            self._tables.append(read_labels(table, self._index, self._options, self._may_guess))
        except NoLabels as error:
            if error.has_columns:
                self._problems[file] = InvalidZip(f"{file} {error}.")
                self._left_out += [] if file.endswith(".txt") else [_left_out(file, "says no classes of the images")]
        except InvalidZip as error:
            self._problems[file] = error
            self._left_out.append(_left_out(file, "can't be read as a table of labels"))
            self._warnings.append(Notice(title=f"{file} is not used", text=str(error)))

    def _check_chosen(self, paths: Sequence[Path]) -> None:
        """Raises InvalidZip if the option `table` names a file that is not there, or has no labels."""
        chosen = self._options.table
        if chosen is None or any(table.is_named(chosen) for table in self._tables):
            return
        if problem := next((problem for file, problem in self._problems.items() if file.endswith(chosen)), None):
            raise problem
        there = first_few(["/".join(path) for path in paths], 8) or "none"
        raise InvalidZip(f"There is no table {quoted(chosen)} in the zip; its tables are {there}.")

    def _found(self) -> TablesFound:
        grouped = self._grouped()
        labeling = ImageLabeler(self._with_names(grouped.used), self._images, self._options).labeling()
        if self._options.labels_from == "folders":
            return self._unused(labeling)
        if choice := table_choice(grouped.used[0], grouped.contradicting):
            labeling.choices.append(choice)
        for table in grouped.contradicting:
            self._left_out.append(_left_out(table.file, "gives these images other classes", may_be_used=True))
        for table in grouped.repeating:
            self._left_out.append(_left_out(table.file, "says the same of these images"))
        labeling.skipped += self._other_files()
        return TablesFound(labeling, left_out=self._left_out, warnings=self._warnings)

    def _unused(self, labeling: Labeling) -> TablesFound:
        """Returns the tables as left out, and the question whether they should be, where folders are chosen."""
        unused = [_left_out(table.file, "not used, since the folders are", may_be_used=True) for table in self._tables]
        choices = [choice for choice in labeling.choices if choice.option == "labels_from"]
        chosen = [choice.model_copy(update={"chosen": "folders"}) for choice in choices]
        return TablesFound(left_out=[*self._left_out, *unused], choices=chosen)

    def _grouped(self) -> Grouped:
        """Groups the tables: that with most images first, or the one that is chosen.

        A table that has only numbers for images, as one of class names has, is none where others name them literally.
        """
        literal = [table for table in self._tables if table.strength > NUMBER_STRENGTH]
        self._tables = sorted(literal or self._tables, key=lambda table: -len(table.labels.rows))
        if chosen := self._options.table:
            self._tables.sort(key=lambda table: not table.is_named(chosen))
        grouped = Grouped()
        known: dict[Path, str] = {}
        for table in self._tables:
            labels = {path: row.label for path, row in table.labels.rows.items()}
            if any(known.get(path, label) != label for path, label in labels.items()):
                grouped.contradicting.append(table)
            else:
                (grouped.used if labels.keys() - known.keys() or not known else grouped.repeating).append(table)
                known |= labels
        return grouped

    def _with_names(self, tables: Sequence[LabelsTable]) -> list[LabelsTable]:
        """Returns the tables with the names of their classes, if these are numbers and one file names them."""
        numbers = {row.label for table in tables for row in table.labels.rows.values()}
        others = {path: entry for path, entry in self._files.items() if "/".join(path) not in self._files_read()}
        found = find_class_names(self._archive, others, numbers)
        if found is None:
            return list(tables)
        self._left_out = [part for part in self._left_out if part.path != found.file]
        self._left_out.append(Part(path=found.file, text=f"names of {len(found.names):,} classes", role="classes"))
        return [replace(table, names=found) for table in tables]

    def _files_read(self) -> set[str]:
        return {table.file for table in self._tables}

    def _other_files(self) -> list[SkippedEntry]:
        """Returns the files that are neither images nor used tables, with the reason."""
        used = self._files_read() | {part.path for part in self._left_out if part.role == "classes"}
        others = [path for path in self._files if path not in self._images and "/".join(path) not in used]
        return [SkippedEntry(entry=self._files[path].name, reason=not_an_image(self._files[path])) for path in others]


def _left_out(file: str, text: str, may_be_used: bool = False) -> Part:
    return Part(path=file, text=text, role="left_out", roles=["left_out", "labels"] if may_be_used else [])
