"""Which paths of a space exclude each other."""

from collections.abc import Iterable

from pydantic_core import PydanticCustomError


def refuse_contradictions(paths: Iterable[str]) -> None:
    """Raises an error for a path that another path of the space would set as well, and for the seed."""
    names = set(paths)
    for path in names:
        for parent in (path[:place] for place, letter in enumerate(path) if letter == "."):
            if parent in names:
                _refuse(path, f"{parent} sets this field as well; leave one of the two paths out")
    if "seed" in names:
        _refuse("seed", "the seed is not searched; a repeat study or the field `seeds` trains several seeds")


def _refuse(path: str, message: str) -> None:
    raise PydanticCustomError("combination", "{message}", {"key": ["space", path], "message": message})
