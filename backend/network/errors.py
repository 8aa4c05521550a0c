"""Errors of a network that can't be built."""

from collections.abc import Sequence

from backend.errors import FieldError
from backend.network.layer import Layer


class Refused(Exception):
    """A value that is not allowed: the rest of a sentence, and the keys that lead from the reader to the value."""

    def __init__(self, msg: str, *path: str | int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.path = list(path)

    def below(self, *keys: str | int) -> "Refused":
        """Returns the same error with `keys` before its path."""
        return Refused(self.msg, *keys, *self.path)


class Impossible(Exception):
    """There can be no such network: one or more sentences, each at its place from the spec's root.

    `layers` are those of a stack that can be built, up to the one that can't.
    """

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(error.msg for error in errors))
        self.errors = list(errors)
        self.layers: Sequence[Layer] = ()


def impossible(msg: str, *loc: str | int) -> Impossible:
    return Impossible([FieldError(list(loc), msg)])
