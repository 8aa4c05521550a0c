"""Reads the classes of images from their folders, or from their names where the folders don't say them."""

from collections.abc import Callable, Iterable

from backend.datasets.schemas import ClassLevels, SkippedEntry, UploadOptions
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.class_names import MAX_CLASSES, class_name
from backend.uploads.layout.file_names import find_pattern
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.levels import class_of, levels_choice, suggested_levels
from backend.uploads.layout.parts import FoundImage, ZipPart, find_parts
from backend.uploads.layout.rows import described_folders, described_names, labels_choice, names_notice, part_row
from backend.uploads.layout.types import LabeledImage, Labeling, Paths

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
    pattern = find_pattern([image.name for image in training])
    if pattern and _names_say_classes(training, options):
        _label(read, parts, lambda image: pattern.class_of(image.name), "its name says no class")
        read.description = described_names(pattern, training[0].name)
        if options.labels_from is None:
            read.warnings.append(names_notice(read.description, training))
    else:
        _refuse_labels_from_names(options)
        levels = _levels(read, parts, options)
        _label(read, parts, lambda image: _folder_class(image, levels), "it is not in a class folder")
        read.description = described_folders(read.parts)
    if pattern and (choice := labels_choice(pattern, training, options)):
        read.choices.append(choice)
    return read


def _names_say_classes(training: Iterable[FoundImage], options: UploadOptions) -> bool:
    """True if names are chosen to say the classes, or not chosen, but there are no two class folders."""
    folders = {image.folders[:1] for image in training if image.folders}
    return options.labels_from == "names" or (options.labels_from is None and len(folders) < 2)


def _refuse_labels_from_names(options: UploadOptions) -> None:
    if options.labels_from == "names":
        raise InvalidZip(
            "The names of the images follow no pattern that says their class, such as cat.0.jpg and dog.0.jpg; put the "
            "images of each class into a folder of its own, or choose labels_from=folders."
        )


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
        read.parts.append(part_row(part, len(labels)))
