"""`grid`: every combination of the listed values."""

import math
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from backend.spec import RunSpec
from backend.studies.kinds.base import SeededRequest, Trial
from backend.studies.kinds.paths import refuse_contradictions
from backend.studies.space import ListSpace


class Grid(SeededRequest):
    kind: Literal["grid"]
    space: ListSpace

    title: ClassVar[str] = "Grid"

    @model_validator(mode="after")
    def _no_contradictions(self) -> Self:
        refuse_contradictions(self.space)
        return self

    def number_of_points(self, base: RunSpec) -> int:  # noqa: ARG002 - known without a list of them
        return math.prod(len(values) for values in self.space.values())

    def points(self, base: RunSpec) -> list[Trial]:
        return [self.point(base, number) for number in range(self.number_of_points(base))]

    def point(self, base: RunSpec, number: int) -> Trial:  # noqa: ARG002 - the values are given
        """Returns a combination, counted as a number whose last digit is the last path's place."""
        places: dict[str, int] = {}
        for path, values in reversed(self.space.items()):
            number, places[path] = divmod(number, len(values))
        chosen = {path: values[places[path]] for path, values in self.space.items()}
        return Trial(chosen, chosen)
