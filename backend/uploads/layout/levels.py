"""Which of the folders above an image name its class, where there are several: `animal/cat/1.jpg`."""

import re
from collections import defaultdict
from collections.abc import Collection

from backend.datasets.schemas import ClassLevels
from backend.phrases import listed
from backend.uploads.schemas import Choice, ChoiceValue

Folders = tuple[str, ...]

NOT_LETTERS = re.compile(r"[\W\d_]+")
SESSION_WORDS = {
    "", "session", "batch", "day", "part", "seq", "sequence", "clip", "video", "shot", "scene", "cam", "camera",
    "patient", "subject", "trial", "take", "run", "folder", "img", "imgs", "image", "images", "photo", "photos",
    "pic", "pics", "picture", "pictures", "rgb", "raw", "original", "originals", "new", "old", "misc", "more", "extra",
    "augmented", "apple", "canon", "media", "dcim", "jpg", "jpeg", "png",
}  # fmt: skip
"""Folders inside a class often have these names and a number, or a date. They are no classes."""
FOLD_WORDS = {"fold", "batch", "session", "part", "round"}
"""Folders above all classes often have these names and a number."""
MAX_EXAMPLES = 3


def is_session(folder: str) -> bool:
    """True if a folder probably divides the images of one class, as `session1`, `s1` or `2021-03-01` does."""
    letters = _letters(folder)
    return letters in SESSION_WORDS or (len(letters) == 1 and folder[-1:].isdigit())


def _letters(folder: str) -> str:
    return NOT_LETTERS.sub("", folder.casefold())


def class_of(folders: Folders, levels: ClassLevels) -> str:
    """Returns the name that the folders above an image give its class."""
    if levels == "first":
        return folders[0]
    return folders[-1] if levels == "last" else "/".join(folders)


def suggested_levels(folders: Collection[Folders], max_classes: int) -> ClassLevels:
    """Returns `all`, which loses nothing, unless the deeper or the upper folders only divide the classes."""
    deeper = {part for path in folders for part in path[1:]}
    above = {path[:depth] for path in folders for depth in range(1, len(path))}
    if all(map(is_session, deeper)) or above & set(folders) or len(set(folders)) > max_classes:
        return "first"
    return "last" if all(_letters(path[0]) in FOLD_WORDS for path in folders) else "all"


def levels_choice(folders: Collection[Folders], chosen: ClassLevels) -> Choice | None:
    """Returns the question which folders name a class, or None where each image lies in one folder only."""
    deepest = min(folders, key=lambda path: (-len(path), path), default=())
    if len(deepest) < 2:
        return None
    return Choice(
        option="class_levels",
        title="Classes lie in folders of folders",
        text=_text(deepest, folders),
        examples=["/".join(path) for path in sorted(folders, key=lambda path: (-len(path), path))[:MAX_EXAMPLES]],
        values=[_value(levels, deepest, folders) for levels in ("all", "last", "first")],
        chosen=chosen,
    )


def _value(levels: ClassLevels, example: Folders, folders: Collection[Folders]) -> ChoiceValue:
    classes = {class_of(path, levels) for path in folders}
    effect = "1 class" if len(classes) == 1 else f"{len(classes):,} classes"
    return ChoiceValue(value=levels, title=class_of(example, levels), effect=effect)


def _text(example: Folders, folders: Collection[Folders]) -> str:
    parents = defaultdict(set)
    for path in folders:
        parents[path[-1]].add("/".join(path[:-1]))
    twice = sorted(name for name, above in parents.items() if len(above) > 1)
    text = f"An image in {'/'.join(example)} may be of a class of that name, or of a class named after one folder."
    if not twice:
        return text
    names = listed(sorted(parents[twice[0]])[:MAX_EXAMPLES])
    return f"{text} The last name alone would join what lies in different folders: {twice[0]} is in {names}."
