"""`grid`: every combination of the listed values."""

import itertools
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

    def points(self, base: RunSpec) -> list[Trial]:  # noqa: ARG002 - the values are given
        combinations = itertools.product(*self.space.values())
        return [Trial(values, values) for values in (dict(zip(self.space, row, strict=True)) for row in combinations)]
