"""Divides the images of a zip by its top folders: those of train, validation and test, or all in one part."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry
from backend.uploads.layout.levels import is_session
from backend.uploads.layout.splits import check_training, recognised_roles, split_roles
from backend.uploads.layout.types import Paths
from backend.uploads.schemas import PartRole

ROLE_ORDER = ("train", "validation", "test", "left_out")


@dataclass(frozen=True)
class FoundImage:
    """An image in a part. `folders` are those between the part's top and the file."""

    entry: Entry
    folders: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class ZipPart:
    """The images of one top folder, or those of no top folder. `role` is None where the zip has no splits."""

    folder: str
    role: PartRole | None
    images: list[FoundImage]

    @property
    def is_used(self) -> bool:
        return self.role != "left_out"


def find_parts(images: Paths, options: UploadOptions) -> list[ZipPart]:
    """Returns the parts, that for training first.

    Raises:
        InvalidZip: An option names a folder that is not there.
    """
    found = _splits_on_top([FoundImage(entry, path[:-1], path[-1]) for path, entry in images.items()])
    roles = split_roles(_inner_folders(found), options)
    if all(len(image.folders) > 1 for image in found) and not roles:
        check_training(_inner_folders(found))
    parts: list[ZipPart] = []
    for folder in sorted(roles, key=lambda folder: (ROLE_ORDER.index(roles[folder]), folder)):
        inside = [replace(image, folders=image.folders[1:]) for image in found if image.folders[:1] == (folder,)]
        parts.append(ZipPart(folder, roles[folder], _without_wrapping_folders(inside, _top_folders(parts))))
    rest = [image for image in found if not image.folders or image.folders[0] not in roles]
    if set(roles.values()) <= {"left_out"}:
        return [ZipPart("", None, _without_wrapping_folders(rest, ())), *parts]
    return [*parts, ZipPart("", "left_out", rest)] if rest else parts


def _splits_on_top(images: list[FoundImage]) -> list[FoundImage]:
    """Moves split folders to the top: that of `cat/train/1.jpg`, or of `data/train/cat/1.jpg` beside `docs/1.jpg`."""
    inner = _inner_folders(images)
    divided = {folder for folder, below in inner.items() if recognised_roles(below)}
    if recognised_roles(inner) or not divided:
        return images
    if len(divided) == 1:
        return [_moved(image, image.folders[1:]) if image.folders[:1] == (*divided,) else image for image in images]
    if divided < set(inner):
        return images
    return [_moved(image, (*image.folders[1:2], *image.folders[:1], *image.folders[2:])) for image in images]


def _moved(image: FoundImage, folders: tuple[str, ...]) -> FoundImage:
    return replace(image, folders=folders)


def _inner_folders(images: Iterable[FoundImage]) -> dict[str, set[str]]:
    """Returns the folders of images by the top folder that they lie in."""
    inner: dict[str, set[str]] = {}
    for image in images:
        if image.folders:
            inner.setdefault(image.folders[0], set()).update(image.folders[1:2])
    return inner


def _top_folders(parts: Iterable[ZipPart]) -> set[str]:
    return {image.folders[0] for part in parts if part.role == "train" for image in part.images if image.folders}


def _without_wrapping_folders(images: Sequence[FoundImage], classes: Collection[str]) -> list[FoundImage]:
    """Removes outer folders that hold all others, such as the second of `seg_train/seg_train/cats`.

    A folder of `classes`, which are known from the training images, is kept. So is one that holds images itself and
    folders that only divide them.
    """
    while True:
        top = {image.folders[0] for image in images if image.folders}
        below = {image.folders[1] for image in images if len(image.folders) > 1}
        holds_images = any(len(image.folders) == 1 for image in images)
        if len(top) != 1 or top <= set(classes) or not below or (holds_images and all(map(is_session, below))):
            return list(images)
        images = [replace(image, folders=image.folders[1:]) for image in images]
