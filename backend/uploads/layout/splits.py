"""Recognises the top folders that divide a zip into train, validation and test, by their names in any case."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from backend.datasets.schemas import UploadOptions
from backend.phrases import listed
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import PartRole

ROLE_WORDS: dict[str, PartRole] = {
    **dict.fromkeys(("train", "training", "trainval"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "eval", "evaluation"), "validation"),
    **dict.fromkeys(("test", "testing", "holdout"), "test"),
    **dict.fromkeys(("pred", "prediction", "unlabeled", "unlabelled"), "left_out"),
}
FILLER_WORDS = {"set", "data", "dataset", "images", "imgs", "split", "folder", ""}
WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class _NamedFolder:
    """A folder whose name has a word for a split. `rest` are its other words: `seg` of `seg_train`."""

    name: str
    role: PartRole
    rest: str


def split_roles(folders: Iterable[str], options: UploadOptions) -> dict[str, PartRole]:
    """Returns the role of each top folder. Where they do not divide the zip into splits, only those left out have one.

    Raises:
        InvalidZip: An option names a folder that is not there.
    """
    folders = sorted(folders)
    chosen = _chosen_roles(folders, options.folder or [])
    roles = recognised_roles(folders) | chosen
    if set(roles.values()) <= {"left_out"}:
        return roles
    return {folder: roles.get(folder, "left_out") for folder in folders}


def recognised_roles(folders: Iterable[str]) -> dict[str, PartRole]:
    """Returns the roles of the folders that are named alike, if one is for training and another one is not.

    A class may be named `train`, beside `bus` and `car`: it is no split, since none is there to test on.
    """
    named = [folder for name in sorted(folders) if (folder := _named(name))]
    for rest in sorted({folder.rest for folder in named}, key=len):
        roles = {folder.name: folder.role for folder in named if folder.rest == rest}
        if "train" in roles.values() and len(set(roles.values())) > 1:
            return roles
    return {}


def check_training(folders: Iterable[str]) -> None:
    """Raises InvalidZip if folders of classes lie in held-out folders only."""
    named = [_named(folder) for folder in sorted(folders)]
    held_out = [folder.name for folder in named if folder and folder.role in ("validation", "test")]
    if len(held_out) == len(named) > 1:
        raise InvalidZip(
            f"There are the folders {' and '.join(held_out)}, and none to train on; add a folder train, or say which "
            f"of them it is: folder={held_out[0]}:train."
        )


def _named(folder: str) -> _NamedFolder | None:
    words = [word for word in WORD.findall(folder.casefold()) if word not in FILLER_WORDS]
    found = [word for word in words if _role(word)]
    if len(found) != 1:
        return None
    words.remove(found[0])
    return _NamedFolder(folder, _role(found[0]) or "left_out", " ".join(words))


def _role(word: str) -> PartRole | None:
    """Returns what a word says of a folder, also one like `trainset`."""
    stems = [word, *(word.removesuffix(filler) for filler in FILLER_WORDS if filler)]
    return next((ROLE_WORDS[stem] for stem in stems if stem in ROLE_WORDS), None)


def _chosen_roles(folders: list[str], options: Iterable[str]) -> dict[str, PartRole]:
    """Returns the roles that the option `folder` gives, such as `valid:validation`."""
    roles: dict[str, PartRole] = {}
    for option in options:
        name, _, role = option.rpartition(":")
        if name.strip("/") not in folders:
            there = listed(quoted(folder) for folder in folders[:20]) or "none"
            raise InvalidZip(f"There is no folder {quoted(name)} at the top of the zip; its folders are {there}.")
        roles[name.strip("/")] = cast(PartRole, role)  # the option's own pattern allows no other
    return roles
