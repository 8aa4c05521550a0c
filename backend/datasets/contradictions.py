"""One picture under several classes: groups of equal images whose labels disagree, and what is left out of them."""

from collections.abc import Hashable, Sequence
from typing import Literal

from backend.phrases import quoted

Contradictions = Literal["leave_out", "first", "keep"]


def contradicting_groups(keys: Sequence[Hashable], labels: Sequence[str]) -> list[list[int]]:
    """Returns the positions of images that have the same key and not all the same label, group by group."""
    groups: dict[Hashable, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    return [group for group in groups.values() if len({labels[position] for position in group}) > 1]


def left_out(groups: Sequence[list[int]], labels: Sequence[str], choice: Contradictions) -> dict[int, str]:
    """Returns why each image is left out that is: all of a group, all but those with the first label, or none."""
    if choice == "keep":
        return {}
    reasons: dict[int, str] = {}
    for group in groups:
        kept_label = labels[group[0]] if choice == "first" else None
        for position in group:
            if labels[position] != kept_label:
                other = next(labels[other] for other in group if labels[other] != labels[position])
                reasons[position] = f"the same picture is in the class {quoted(other)}, too"
    return reasons
