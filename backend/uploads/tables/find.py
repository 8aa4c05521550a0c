"""Finds the tables of a zip that name the classes of its images, and what they say together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zipfile import ZipFile

from backend.datasets.schemas import SkippedEntry, UploadOptions
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import class_name
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.types import LabeledImage, Labeling, Paths
from backend.uploads.schemas import PartRole
from backend.uploads.tables.file_index import FileIndex, Path
from backend.uploads.tables.labels import Row, kept_columns
from backend.uploads.tables.read import LabelsTable, NoLabels, open_table, read_labels
from backend.uploads.tables.words import SPLIT_VALUES, words

SUFFIXES = (".csv", ".tsv", ".txt")
MAX_TABLES = 20  # are looked at
LABELS_WORDS = {"label", "labels", "annotation", "annotations", "class", "classes", "metadata", "train"}
OTHER_TEXTS = {"readme", "license", "licence", "requirements", "changelog", "submission"}


@dataclass(frozen=True)
class TablesFound:
    """`labeling` is what the tables say, or None; `problem` says what is wrong with the likeliest one."""

    labeling: Labeling | None = None
    problem: InvalidZip | None = None


def find_tables(archive: ZipFile, files: Paths, options: UploadOptions) -> TablesFound:
    """Reads the tables among the files. Raises InvalidZip if an option asks for a table that can't be read."""
    images = {path: entry for path, entry in files.items() if not not_an_image(entry)}
    paths = _table_paths(files, images, options)
    index = FileIndex(images)
    if options.labels_from not in (None, "table") or index.is_empty():
        return TablesFound()
    may_guess = not _has_class_folders(images) or options.labels_from == "table"
    found: list[LabelsTable] = []
    problems: list[InvalidZip] = []
    for path in paths[:MAX_TABLES]:
        try:
            found.append(read_labels(open_table(archive, files[path], path, index), index, options, may_guess))
        except NoLabels as error:
            problems += [InvalidZip(f"{'/'.join(path)} {error}.")] if error.has_columns else []
        except InvalidZip as error:
            problems.append(error)
    if found:
        return TablesFound(_labeling(found, files))
    if problems and (options.labels_from or options.table):
        raise problems[0]
    return TablesFound(problem=problems[0] if problems and may_guess else None)


def is_table(path: Path) -> bool:
    """True if a file's name is that of a table."""
    return path[-1].casefold().endswith(SUFFIXES)


def _table_paths(files: Paths, images: Paths, options: UploadOptions) -> list[Path]:
    """Returns the files that can be tables, the likeliest first. A text beside each image is an annotation."""
    stems = {_without_suffix(path) for path in images}
    paths = [path for path in files if is_table(path) and not OTHER_TEXTS & set(words(path[-1]))]
    paths = [path for path in paths if path not in images and _without_suffix(path) not in stems]
    if options.table is None:
        return sorted(paths, key=lambda path: (not LABELS_WORDS & set(words(path[-1])), len(path), path))
    chosen = [path for path in paths if options.table in ("/".join(path), path[-1])]
    if not chosen:
        there = ", ".join("/".join(path) for path in paths[:8]) or "none"
        raise InvalidZip(f"There is no table {quoted(options.table)} in the zip; its tables are {there}.")
    return chosen


def _without_suffix(path: Path) -> Path:
    return (*path[:-1], path[-1].rpartition(".")[0])


def _has_class_folders(images: Iterable[Path]) -> bool:
    """True if images lie in several folders that do not only divide them into splits."""
    return len({path[-2] for path in images if len(path) > 1 and path[-2].casefold() not in SPLIT_VALUES}) > 1


def _labeling(found: list[LabelsTable], files: Paths) -> Labeling:
    first = found[0]
    rows = first.labels.rows
    kept, _ = kept_columns(first.labels, first.columns)
    splits = _splits(rows)
    images = [
        LabeledImage(
            files[path],
            class_name(row.label),
            splits[path],
            tuple(row.values[position] for position in kept),
            "/".join(path[:-1]),
        )
        for path, row in rows.items()
    ]
    return Labeling(
        images,
        skipped=[*first.labels.left_out, *_unlisted(first, files)],
        columns=tuple(first.columns.names[first.columns.slices[position]] for position in kept),
        description=f"{first.table.file} names the classes of {len(images):,} images.",
        table=first.as_read(),
    )


def _splits(rows: Mapping[Path, Row]) -> dict[Path, PartRole | None]:
    splits = {path: row.split for path, row in rows.items()}
    if not any(splits.values()):
        splits = {path: SPLIT_VALUES.get(path[0].casefold()) for path in rows}
    return splits if len(set(splits.values())) > 1 else dict.fromkeys(rows)


def _unlisted(table: LabelsTable, files: Paths) -> list[SkippedEntry]:
    reason = f"{table.table.file} does not list it"
    return [
        SkippedEntry(entry=entry.name, reason=reason)
        for path, entry in files.items()
        if path not in table.labels.rows and "/".join(path) != table.table.file
    ]
