"""Reads the classes of images from their folders, or from their names where the folders don't say them."""

from collections.abc import Callable, Iterable, Sequence

from backend.datasets.schemas import ClassLevels, SkippedEntry, UploadOptions
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.class_names import MAX_CLASSES, class_name
from backend.uploads.layout.file_names import NamePattern, find_pattern
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.levels import class_of, levels_choice, suggested_levels
from backend.uploads.layout.parts import FoundImage, ZipPart, find_parts
from backend.uploads.layout.types import LabeledImage, Labeling, Paths
from backend.uploads.schemas import Part, PartRole

CHOOSABLE: list[PartRole] = ["train", "validation", "test", "left_out"]
ClassOf = Callable[[FoundImage], str | None]


def read_folders(files: Paths, options: UploadOptions) -> Labeling:
    """Returns the images whose folder or name says a class, and the files that are left out.

    Raises:
        InvalidZip: An option does not fit the zip.
    """
    read = Labeling()
    reasons = {path: not_an_image(entry) for path, entry in files.items()}
    read.skipped = [SkippedEntry(entry=files[path].name, reason=reason) for path, reason in reasons.items() if reason]
    parts = find_parts({path: entry for path, entry in files.items() if not reasons[path]}, options)
    training = [image for part in parts if part.role in (None, "train") for image in part.images]
    pattern = _pattern(training, options)
    if pattern:
        _label(read, parts, lambda image: pattern.class_of(image.name), "its name says no class")
        read.description = f"The class is in the name of each file: {pattern.text}."
    else:
        levels = _levels(read, parts, options)
        _label(read, parts, lambda image: _folder_class(image, levels), "it is not in a class folder")
        read.description = _described(parts)
    return read


def _pattern(training: Sequence[FoundImage], options: UploadOptions) -> NamePattern | None:
    """Returns the pattern of names that says the classes, or None where folders do."""
    wanted = options.labels_from
    if wanted == "folders" or (wanted is None and len({image.folders[:1] for image in training} - {()}) > 1):
        return None
    pattern = find_pattern([image.name for image in training])
    if wanted == "names" and pattern is None:
        raise InvalidZip(
            "The names of the images follow no pattern that says their class, such as cat.0.jpg and dog.0.jpg; put the "
            "images of each class in a folder of its own, or choose labels_from=folders."
        )
    return pattern


def _levels(read: Labeling, parts: Iterable[ZipPart], options: UploadOptions) -> ClassLevels:
    folders = {image.folders for part in parts if part.is_used for image in part.images if image.folders}
    levels = options.class_levels or suggested_levels(folders, MAX_CLASSES)
    if choice := levels_choice(folders, levels):
        read.choices.append(choice)
    return levels


def _folder_class(image: FoundImage, levels: ClassLevels) -> str | None:
    return class_of(image.folders, levels) if image.folders else None


def _label(read: Labeling, parts: Iterable[ZipPart], label_of: ClassOf, reason: str) -> None:
    for part in parts:
        labels = {image: label for image in part.images if part.is_used and (label := label_of(image)) is not None}
        for image in part.images:
            if image in labels:
                folder = "/".join(image.folders[1:])
                split = None if part.role in (None, "left_out") else part.role
                read.images.append(LabeledImage(image.entry, class_name(labels[image]), split, folder=folder))
            else:
                left_out = reason if part.is_used else f"the folder {part.folder} is left out"
                read.skipped.append(SkippedEntry(entry=image.entry.name, reason=left_out))
        read.parts.append(_row(part, len(labels)))


def _row(part: ZipPart, labeled: int) -> Part:
    folders = len({image.folders for image in part.images if image.folders})
    counted = f"{folders:,} folders, {len(part.images):,} images" if folders else f"{len(part.images):,} images"
    if part.role is None:
        return Part(path="", text=counted, role="classes")
    if part.is_used and not labeled:
        text = f"{counted} in no class folder; a trained model can classify them in Try it"
        return Part(path=f"{part.folder}/", text=text, role="left_out", roles=[*CHOOSABLE])
    return Part(path=f"{part.folder}/", text=counted, role=part.role, roles=CHOOSABLE)


def _described(parts: Sequence[ZipPart]) -> str:
    used = [part.folder for part in parts if part.is_used and part.role]
    return f"The folders {', '.join(used)} divide the images." if used else "Each class has a folder."
