"""A table of the forms that a part of a spec may take: one row each, chosen by the value of one key."""

from collections.abc import Iterator
from typing import Annotated, Any, Generic, TypeVar, Union, get_args

from pydantic import Tag

from backend.spec.part import Part, choose

P = TypeVar("P", bound=Part)


class Choices(Generic[P]):
    """The table of one part of a spec, in the order of the form.

    Each class fixes `key` to its own name by a `Literal` and has a `title`. To add a choice, write its class in a file
    of its own and name it in the table: validation, the form's catalog, the trainer and train.py read the table.
    """

    def __init__(self, key: str, *parts: type[P], default: type[P] | None = None) -> None:
        self.key = key
        self._parts = {_name(part, key): part for part in parts}
        self._default = _name(default, key) if default else None

    def __iter__(self) -> Iterator[tuple[str, type[P]]]:
        return iter(self._parts.items())

    def names(self) -> list[str]:
        return list(self._parts)

    def tagged(self) -> tuple[Any, ...]:
        """Returns the classes as arms of a tagged union."""
        return tuple(Annotated[part, Tag(name)] for name, part in self)

    def union(self) -> Any:
        """Returns the annotation of a field that takes any of them."""
        return Annotated[Union[self.tagged()], choose(self.key, *self._parts, default=self._default)]  # noqa: UP007


def _name(part: type[Part], key: str) -> str:
    field = next(field for name, field in part.model_fields.items() if key in (name, field.alias))
    return str(get_args(field.annotation)[0])
