"""Compares the classes that a table gives with the folders that the images lie in."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.uploads.tables.file_index import Path

SAME_NAME_SHARE = 0.5  # of the images; with fewer the folders are something else
SAME_GROUP_SHARE = 0.95  # of the images, where folders have other names than the classes, such as numbers
BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Agreement:
    """How folders and table fit: the class of the folder, by image where it is not that of the table.

    `are_classes` is true where the folders name the classes; `folders` is how many there are beside each other.
    """

    folders: int = 0
    are_classes: bool = False
    differing: dict[Path, str] = field(default_factory=dict)


def compare_folders(labels: Mapping[Path, str], folders: Mapping[Path, Path]) -> Agreement:
    """Compares labels with the innermost folders of the images, then with the outermost."""
    for level in (-1, 0):
        names = {path: above[level] for path, above in folders.items() if above}
        label_of = _same_groups(labels, names) or _same_names(labels, names)
        if label_of:
            wrong = {path: label_of[name] for path, name in names.items() if labels.get(path, "") != label_of[name]}
            return Agreement(len(label_of), True, {path: label for path, label in wrong.items() if path in labels})
    return Agreement(len({above[-1] for above in folders.values() if above}))


def _same_names(labels: Mapping[Path, str], folders: Mapping[Path, str]) -> dict[str, str]:
    """Returns the label of each folder that is named like a class, if most images lie in the folder of their class."""
    spellings = {_key(label): label for label in labels.values()}
    label_of = {folder: spellings.get(_key(folder), folder) for folder in folders.values()}
    return label_of if _share(label_of, labels, folders) >= SAME_NAME_SHARE else {}


def _same_groups(labels: Mapping[Path, str], folders: Mapping[Path, str]) -> dict[str, str]:
    """Returns the commonest label of each folder, if folders and labels are the same groups under other names."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for path, folder in folders.items():
        counts[folder].update([labels[path]] if path in labels else [])
    label_of = {folder: counter.most_common(1)[0][0] for folder, counter in counts.items() if counter}
    one_to_one = len(label_of) == len(counts) == len(set(label_of.values())) == len(set(labels.values()))
    return label_of if one_to_one and _share(label_of, labels, folders) >= SAME_GROUP_SHARE else {}


def _share(label_of: Mapping[str, str], labels: Mapping[Path, str], folders: Mapping[Path, str]) -> float:
    both = [path for path in folders if path in labels]
    return sum(label_of[folders[path]] == labels[path] for path in both) / len(both) if both else 0.0


def _key(name: str) -> str:
    return BETWEEN_WORDS.sub("", name.casefold()) or name
