"""Says which classes have too few images to be tested, or far fewer than others."""

from collections.abc import Mapping

from backend.phrases import first_few
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.schemas import Notice

FEW_HELD_OUT = 10  # images; with fewer, one picture changes a class's recall by more than ten points
RARE = 10  # times as many images has the commonest class


def check_held_out(counts: Mapping[str, Mapping[str, int]]) -> None:
    """Raises InvalidZip if no image is left to test on, since each class has only one."""
    if not any(map(_held_out, counts.values())):
        raise InvalidZip(
            f"Each of the {len(counts):,} classes has only one image, so that none is left to test on. Add images of "
            "each class."
        )


def few_images(counts: Mapping[str, Mapping[str, int]]) -> list[Notice]:
    """Returns notices about classes with few images. `counts` are those of each class by split."""
    totals = {name: sum(splits.values()) for name, splits in counts.items()}
    held_out = {name: _held_out(splits) for name, splits in counts.items()}
    most, most_held_out = max(totals.values(), default=0), max(held_out.values(), default=0)
    single = [name for name, total in totals.items() if total == 1]
    rare = [name for name, total in totals.items() if total > 1 and total * RARE <= most]
    badly_tested = [name for name, total in held_out.items() if 0 < total * RARE <= most_held_out]
    few = [name for name in dict.fromkeys([*rare, *badly_tested]) if held_out[name] < FEW_HELD_OUT]
    few.sort(key=totals.__getitem__)
    return [*([_single(single)] if single else []), *([_rare(few, counts, most)] if few else [])]


def _held_out(splits: Mapping[str, int]) -> int:
    return sum(count for split, count in splits.items() if split != "train")


def _single(names: list[str]) -> Notice:
    return Notice(
        title=f"Only one image: {first_few(names)}",
        text="It can be trained or tested, not both, so that no figure says how well such a class is recognized. Add "
        "images of it.",
    )


def _rare(names: list[str], counts: Mapping[str, Mapping[str, int]], most: int) -> Notice:
    rarest = counts[names[0]]
    held_out = _held_out(rarest)
    return Notice(
        title=f"Few images: {first_few(names)}",
        text=f"{names[0]} has {sum(rarest.values()):,} images, {held_out} of them outside of train, and the commonest "
        f"class {most:,}. Add images of it; a run can weight classes equally.",
    )
