"""What a study varies: paths of the spec, each with a list of values or a range, and random draws from it."""

import math
import random
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from backend.requests import Line
from backend.spec.part import Part
from backend.spec.plain_json import check_object

MAX_PATHS = 20
MAX_VALUES = 500  # of one path
MAX_ALL_VALUES = 1_000  # of all paths of a search, each of which is checked before the launch
MAX_NUMBER = 1e12


def _plain(value: Any) -> Any:
    check_object({"value": value})
    return value


def _without_repeats(values: list[Any]) -> list[Any]:
    if any(value in values[:place] for place, value in enumerate(values)):
        raise ValueError("holds a value twice; give each one once")
    return values


Path = Annotated[Line, Field(min_length=1, max_length=200)]
Value = Annotated[Any, AfterValidator(_plain)]
Values = Annotated[list[Value], Field(min_length=1, max_length=MAX_VALUES), AfterValidator(_without_repeats)]
Number = Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]


class Range(Part):
    """Numbers from `low` to `high`, both included; with `log` equally likely by their logarithm."""

    low: Number
    high: Number
    log: bool = False
    step: Annotated[float, Field(gt=0, le=MAX_NUMBER)] | None = None

    @model_validator(mode="after")
    def _not_contradictory(self) -> Self:
        if self.low >= self.high:
            _refuse("low", f"must be less than high, which is {self.high:g}; you gave {self.low:g}")
        if self.log and self.low <= 0:
            _refuse("low", f"must be more than 0 on a logarithmic scale; you gave {self.low:g}")
        if self.log and self.step is not None:
            _refuse("step", "can't be given together with log; leave one of them out")
        if self.step is not None and self.step > self.high - self.low:
            _refuse("step", f"must be at most high - low, which is {self.high - self.low:g}; you gave {self.step:g}")
        return self

    @property
    def steps(self) -> int:
        """The number of steps from `low` to the last value; 0 without a step."""
        return math.floor((self.high - self.low) / self.step + 1e-9) if self.step else 0

    def draw(self, source: random.Random, *, whole: bool) -> float | int:
        """Returns a random number of the range; `whole` for a field of whole numbers."""
        if self.step is not None:
            value = self.low + source.randint(0, self.steps) * self.step
        elif self.log:
            value = math.exp(source.uniform(math.log(self.low), math.log(self.high)))
        else:
            value = source.uniform(self.low - 0.5, self.high + 0.5) if whole else source.uniform(self.low, self.high)
        value = min(self.high, max(self.low, value))
        return round(value) if whole else value


def _refuse(key: str, message: str) -> None:
    raise PydanticCustomError("combination", "{message}", {"key": key, "message": message})


def _with_few_values(space: dict[str, list[Any] | Range]) -> dict[str, list[Any] | Range]:
    number = sum(len(ends(choice)) for choice in space.values())
    if number > MAX_ALL_VALUES:
        raise ValueError(f"lists {number:,} values in all; at most {MAX_ALL_VALUES:,} are allowed; give ranges instead")
    return space


Choice = Annotated[
    Annotated[Values, Tag("values")] | Annotated[Range, Tag("range")],
    Discriminator(lambda value: "values" if isinstance(value, list) else "range"),
]
ListSpace = Annotated[dict[Path, Values], Field(min_length=1, max_length=MAX_PATHS)]
Space = Annotated[dict[Path, Choice], Field(min_length=1, max_length=MAX_PATHS), AfterValidator(_with_few_values)]


def ends(choice: list[Any] | Range) -> list[Any]:
    """Returns the values of a list, or both ends of a range."""
    return choice if isinstance(choice, list) else [choice.low, choice.high]


def draw(space: Mapping[str, list[Any] | Range], whole: set[str], seed: int, trial: int) -> dict[str, Any]:
    """Returns the random values of one trial, always the same ones for a seed and a trial.

    `whole` names the paths of fields that take whole numbers.
    """
    source = random.Random(f"{seed} {trial}")  # noqa: S311 - a search, not a secret
    return {
        path: source.choice(choice) if isinstance(choice, list) else choice.draw(source, whole=path in whole)
        for path, choice in space.items()
    }
