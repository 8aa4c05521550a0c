"""Refuses zips without enough labeled images: what was found, what is needed, and the step that repairs it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.datasets.pictures.file_kinds import TEXT, FileKind
from backend.phrases import first_few, listed
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import MAX_CLASSES
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.left_out import ARCHIVES, LeftOut
from backend.uploads.layout.types import LabeledImage

MAX_KINDS = 3  # in a sentence
FOLDERS_STEP = "Put the images of each class into a folder of its own, and zip the folders"
NO_DATASETS = {
    "model.weights.h5": "a Keras model",
    "[Content_Types].xml": "an Office document",
    "mimetype": "a document",
    "META-INF/MANIFEST.MF": "a Java archive",
}
"""What a zip is that has such an entry."""


def check_classes(images: Sequence[LabeledImage], files: Sequence[Entry], left_out: Iterable[LeftOut]) -> None:
    """Raises InvalidZip if there are no labeled images, or too few or too many classes."""
    classes = Counter(image.label for image in images)
    if not classes:
        raise InvalidZip(_without_labels(files) or _without_images(files, left_out))
    if len(classes) == 1:
        raise InvalidZip(
            f"There is only the class {quoted(*classes)} ({_counted(images)}); at least two classes are needed. Add a "
            f"folder with images of another class beside it, and zip both.{_texts(files)}"
        )
    if len(classes) > MAX_CLASSES:
        raise InvalidZip(
            f"There are {len(classes):,} classes; at most {MAX_CLASSES:,} are allowed. Merge folders, or leave some "
            "out.",
            too_large=True,
        )


def _texts(files: Iterable[Entry]) -> str:
    """Returns what to do with texts that may have the classes and were read as no table, or an empty string."""
    texts = [entry for entry in files if entry.kind is TEXT]
    if not texts:
        return ""
    found = "is no table" if len(texts) == 1 else "are no tables"
    return (
        f" {_named(texts)} {found} of labels; if the classes are there, save them as labels.csv with the columns "
        "file,label."
    )


def _without_labels(files: Sequence[Entry]) -> str:
    """Returns what to do with images of which nothing says the class, or an empty string if there are none."""
    found = [entry for entry in files if not not_an_image(entry)]
    if not found:
        return ""
    where = (
        "at the top of the zip, in no folder" if all(len(entry.parts) == 1 for entry in found) else "in no class folder"
    )
    return (
        f"The zip has {_counted(found)} {where}, and their names ({_named(found)}) say no class. {FOLDERS_STEP}; or "
        "add a table labels.csv with the columns file,label."
    )


def _without_images(files: Sequence[Entry], left_out: Iterable[LeftOut]) -> str:
    archives = [entry for group in left_out if group.kind is ARCHIVES for entry in group.entries]
    if archives:
        found = f"only another archive inside it ({_named(archives)})"
        return f"There are no images in the zip, {found}. Unpack that, and zip the folders with the images themselves."
    if kind := next((name for entry in files if (name := NO_DATASETS.get(entry.name))), None):
        return f"There are no images in the zip: it is {kind}. {FOLDERS_STEP}."
    if not files:
        return f"There are no images in the zip: it has no files. {FOLDERS_STEP}."
    return f"There are no images in the zip, only {_kinds(entry.kind for entry in files)}. {_step(files)}."


def _step(files: Sequence[Entry]) -> str:
    """Returns what makes images of the files, if their commonest kind says it, and what to do then."""
    kind, _ = Counter(entry.kind for entry in files).most_common(1)[0]
    if not kind.step:
        return FOLDERS_STEP
    step = f"Do this with each file: {kind.step}"
    return step if "zip" in kind.step else f"{step}. Then {FOLDERS_STEP[0].lower()}{FOLDERS_STEP[1:]}"


def _kinds(kinds: Iterable[FileKind]) -> str:
    """Returns the commonest kinds of files with their numbers: `12 × text, 1 × a PDF document`."""
    return listed(f"{count:,} × {kind.name}" for kind, count in Counter(kinds).most_common(MAX_KINDS))


def _counted(images: Sequence[object]) -> str:
    return "1 image" if len(images) == 1 else f"{len(images):,} images"


def _named(entries: Sequence[Entry]) -> str:
    return first_few([quoted(entry.name) for entry in entries])
