"""`random` and `tpe`: searches of a space, whose hopeless runs a pruner may end early."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from backend.datasets.schemas import DatasetRead
from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.spec import RunSpec
from backend.studies.changes import changed_spec, value_at
from backend.studies.kinds.base import Seed, StudyRequest, Trial
from backend.studies.kinds.paths import refuse_contradictions
from backend.studies.space import Space, draw, ends

MAX_RUNS = 100_000  # of a request; the board's own limit is lower
MIN_STARTUP, MAX_STARTUP = 4, 10

Pruner = Literal["none", "median", "halving"]


class Search(StudyRequest):
    space: Space
    runs: Annotated[int, Field(ge=1, le=MAX_RUNS)] = 20
    pruner: Pruner = Field(
        "none",
        description="median: ends a run that is worse than half of the finished ones at its epoch; halving: keeps the "
        "best third at each rung (asynchronous successive halving)",
    )
    seed: Seed = Field(0, description="of the search itself; the runs have the seed of the spec")

    @model_validator(mode="after")
    def _no_contradictions(self) -> Self:
        refuse_contradictions(self.space)
        return self

    def prepare(self, base: RunSpec, dataset: DatasetRead) -> RunSpec:  # noqa: ARG002 - only checks
        for path in self.whole_paths(base):
            step = getattr(self.space[path], "step", None)
            if step is not None and not step.is_integer():
                message = f"{path} takes whole numbers, so its step must be one, too; you gave {step:g}"
                raise Invalid(sentence(message), [FieldError(["space", path, "step"], message)])
        return base

    def runs_of(self, base: RunSpec) -> int:  # noqa: ARG002 - given
        return self.runs

    def trial(self, base: RunSpec, number: int) -> Trial:
        values = draw(self.space, self.whole_paths(base), self.seed, number)
        return Trial(values, values)

    def probes(self, base: RunSpec) -> Iterator[Trial]:  # noqa: ARG002 - the values are given
        """Yields each value of a list and both ends of each range, beside the first values of the other paths."""
        first = self._first()
        for path, choice in self.space.items():
            for value in ends(choice):
                yield Trial({**first, path: value}, {**first, path: value})

    def whole_paths(self, base: RunSpec) -> set[str]:
        """Returns the paths of ranges whose field takes whole numbers only."""
        spec = changed_spec(base, self._first()).as_json()
        return {path for path, choice in self.space.items() if not isinstance(choice, list) and _is_whole(spec, path)}

    def _first(self) -> dict[str, Any]:
        return {path: ends(choice)[0] for path, choice in self.space.items()}


def _is_whole(spec: dict[str, Any], path: str) -> bool:
    return isinstance(value_at(spec, path), int)  # a field of numbers gives a float, also where it was given 1


class Random(Search):
    kind: Literal["random"]

    title: ClassVar[str] = "Random search"


class Tpe(Search):
    """The first trials are random; the results choose each later one (Bergstra et al. 2011)."""

    kind: Literal["tpe"]

    title: ClassVar[str] = "TPE search"
    is_adaptive: ClassVar[bool] = True

    @property
    def startup(self) -> int:
        """The number of random trials: a quarter, at least 4 and at most 10."""
        return max(MIN_STARTUP, min(MAX_STARTUP, self.runs // 4))
