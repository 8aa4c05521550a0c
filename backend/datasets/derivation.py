"""What a version is made of: its labels and classes after changes of another one, computed without its images."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from backend.datasets.schemas import Color, Fit, ImageOptions
from backend.datasets.store import Manifest, StoredDataset, StoredSplit
from backend.datasets.version_names import base_name
from backend.errors import FieldError, Invalid
from backend.phrases import listed, quoted, sentence
from backend.requests import Line, RequestBody

MAX_CHANGES = 10_000  # a body has at most a megabyte
LEFT_OUT = -1  # class of an image that a version does not have
MAX_NAMED = 20  # classes in an error message
Positions = npt.NDArray[np.int64]
ClassName = Annotated[Line, Field(max_length=512)]
NewClassName = Annotated[Line, Field(min_length=1, max_length=100)]


class LabelChange(RequestBody):
    split: StoredSplit = Field(description="the stored split")
    index: int = Field(ge=0, lt=2**31, description="position in the stored split")
    do: Literal["relabel", "leave_out"]
    class_: ClassName | None = Field(None, alias="class", description="the new class, of relabel")


class Derivation(RequestBody):
    """Images are left out and relabelled first, then classes left out, merged and renamed, all by their old names."""

    changes: list[LabelChange] = Field([], max_length=MAX_CHANGES)
    rename: dict[ClassName, NewClassName] = Field({}, max_length=1_000, description="new name by class")
    merge: dict[ClassName, ClassName] = Field(
        {}, max_length=1_000, description="by class, the class that takes its images"
    )
    leave_out: list[ClassName] = Field([], max_length=1_000, description="classes that are left out with their images")
    image_size: int | None = Field(None, ge=8, le=512, description="another side in pixels, decoded from the originals")
    fit: Fit | None = Field(None, description="another fit, decoded from the originals")
    color: Color | None = Field(None, description="another color mode, decoded from the originals")


@dataclass(frozen=True)
class Derived:
    """`positions` (by split) are the images that are kept, in the dataset that changes, and `labels` their new classes.

    `class_of` (old classes,) is the position of each old class in `classes`, LEFT_OUT for one that is left out.
    """

    classes: list[str]
    class_of: Positions
    positions: Mapping[str, Positions]
    labels: Mapping[str, Positions]

    def corrected(self, split: str, positions: npt.NDArray[Any]) -> Positions:
        """Returns the new classes of images by their old positions; LEFT_OUT where there is none."""
        found = np.minimum(np.searchsorted(self.positions[split], positions), len(self.positions[split]) - 1)
        is_kept = self.positions[split][found] == positions
        return np.where(is_kept, self.labels[split][found], LEFT_OUT)


def derive(dataset: StoredDataset, derivation: Derivation) -> Derived:
    """Applies a derivation to the labels of a dataset.

    Raises:
        Invalid: It changes nothing, names an image or a class that is not there, or leaves a split empty.
    """
    names = dataset.manifest.classes
    _check_splits(dataset, derivation)
    classes, class_of = _classes(names, derivation)
    positions, labels = {}, {}
    for split in dataset.splits:
        old = np.asarray(dataset.labels(split), np.int64)
        changes = [(place, change) for place, change in enumerate(derivation.changes) if change.split == split]
        kept, changed = _apply(old, changes, names)
        kept &= class_of[changed] != LEFT_OUT
        if not kept.any():
            raise _invalid(["changes"], f"all images of {split} would be left out; keep at least one")
        positions[split], labels[split] = np.flatnonzero(kept), class_of[changed[kept]]
    if not (_names_a_change(derivation) or image_options(dataset.manifest, derivation)):
        message = "give at least one change, a class to rename, merge or leave out, or another image_size, fit or color"
        raise _invalid(["changes"], f"{message}; a version differs")
    return Derived(classes, class_of, positions, labels)


def _check_splits(dataset: StoredDataset, derivation: Derivation) -> None:
    for place, change in enumerate(derivation.changes):
        if change.split not in dataset.splits:
            message = f"{dataset.manifest.name} has no {change.split} images, only {listed(dataset.splits)}"
            raise _invalid(["changes", place, "split"], message)


def _names_a_change(derivation: Derivation) -> bool:
    return bool(derivation.changes or derivation.rename or derivation.merge or derivation.leave_out)


def image_options(manifest: Manifest, derivation: Derivation) -> ImageOptions | None:
    """Returns how the images are decoded again; None if they stay as they are.

    Raises:
        Invalid: The images are to change, and no originals are kept of them.
    """
    names = set(ImageOptions.model_fields)
    now = {name: value for name, value in asdict(manifest).items() if name in names}
    changed = derivation.model_dump(include=names, exclude_none=True)
    differing = [name for name, value in changed.items() if value != now[name]]
    if differing and manifest.original_bytes is None:
        reason = _why_no_original(manifest)
        raise Invalid(sentence(reason), [FieldError([name], reason) for name in differing])
    return ImageOptions.model_validate({**now, **changed}) if differing else None


def _why_no_original(manifest: Manifest) -> str:
    if manifest.image_size is None:
        return f"the images of {manifest.name!r} are stored as they were published, so they keep their size and color"
    why = "it was uploaded with keep_original=false, or before zips were kept"
    return f"size, fit and color need the zip of {base_name(manifest.name)!r}, and {why}; upload the images again"


def _apply(
    labels: Positions, changes: Sequence[tuple[int, LabelChange]], names: list[str]
) -> tuple[npt.NDArray[np.bool_], Positions]:
    """Returns which images of a split are kept, and the labels of all after the changes."""
    kept, labels, seen = np.ones(len(labels), bool), labels.copy(), set()
    for place, change in changes:
        if change.index >= len(labels):
            message = f"{change.split} has the images 0 to {len(labels) - 1:,}; you gave {change.index:,}"
            raise _invalid(["changes", place, "index"], message)
        if change.index in seen:
            raise _invalid(["changes", place, "index"], f"image {change.index:,} is changed twice; change it once")
        seen.add(change.index)
        if (change.do == "relabel") != (change.class_ is not None):
            raise _invalid(["changes", place, "class"], "give a class with relabel, and with nothing else")
        if change.class_ is None:
            kept[change.index] = False
        else:
            labels[change.index] = _position(names, change.class_, ["changes", place, "class"])
    return kept, labels


def _classes(names: list[str], derivation: Derivation) -> tuple[list[str], Positions]:
    """Returns the new classes, and the new position of each old one."""
    into = _merged(names, derivation.merge)
    left_out = {_position(names, name, ["leave_out", place]) for place, name in enumerate(derivation.leave_out)}
    renamed = {_position(names, old, ["rename", old]): new for old, new in derivation.rename.items()}
    if both := sorted(left_out & {*into, *into.values(), *renamed}):
        message = f"{quoted(names[both[0]])} is left out, and merged or renamed as well; do one of them"
        raise _invalid(["leave_out"], message)
    remaining = [position for position in range(len(names)) if position not in into and position not in left_out]
    classes = [renamed.get(position, names[position]) for position in remaining]
    if len(remaining) < 2:
        raise _invalid(["leave_out" if left_out else "merge"], "at least two classes must remain")
    if twice := next((name for name in classes if classes.count(name) > 1), None):
        raise _invalid(["rename"], f"two classes would be named {quoted(twice)}; merge them, or choose another name")
    new = {position: number for number, position in enumerate(remaining)}
    return classes, np.array([new.get(into.get(position, position), LEFT_OUT) for position in range(len(names))])


def _merged(names: list[str], merge: Mapping[str, str]) -> dict[int, int]:
    """Returns the position of the class that takes the images, by the position of each class that is merged."""
    into = {_position(names, old, ["merge", old]): _position(names, new, ["merge", old]) for old, new in merge.items()}
    for position, target in into.items():
        if target in into:
            message = f"{quoted(names[position])} is merged into {quoted(names[target])}, which is merged itself"
            raise _invalid(["merge", names[position]], f"{message}; name the class that stays")
    return into


def _position(names: list[str], name: str, loc: Sequence[str | int]) -> int:
    if name not in names:
        raise _invalid(loc, f"there is no class {quoted(name)}; the classes are {listed(names[:MAX_NAMED])}")
    return names.index(name)


def origins(folder: Path, dataset: StoredDataset, split: str) -> Positions:
    """Returns the position of each image in version 1 of its dataset."""
    path = folder / f"{split}-origins.npy"
    if not path.is_file():
        return np.arange(len(dataset.labels(split)))
    positions: Positions = np.load(path, mmap_mode="r", allow_pickle=False)
    return positions


def _invalid(loc: Sequence[str | int], message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(loc, message)])
