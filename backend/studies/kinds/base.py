"""What all kinds of studies have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from backend.datasets.schemas import DatasetRead
from backend.requests import Name
from backend.runs.schemas import Notes, Priority, RunName
from backend.spec import RunSpec
from backend.spec.part import Part

Objective = Literal["best.val_accuracy", "best.val_macro_f1", "best.val_loss", "best.accuracy", "best.loss"]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
MAX_SEEDS = 500


@dataclass(frozen=True)
class Trial:
    """What one run of a study trains: `changes` of the base spec, and `values`, by which it differs from the others."""

    values: dict[str, Any]
    changes: dict[str, Any]


class StudyRequest(Part):
    """The request for a study of a recipe or of a spec, exactly one of the two."""

    if TYPE_CHECKING:  # each kind declares its own
        kind: str
    name: RunName | None = None
    recipe: Name | None = None
    spec: RunSpec | None = None
    notes: Notes = ""
    priority: Priority = "normal"
    objective: Objective = Field("best.val_accuracy", description="value by which trials are compared")

    title: ClassVar[str]
    is_adaptive: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one_base(self) -> Self:
        if (self.spec is None) == (self.recipe is None):
            message = "give either a spec or the name of a recipe, and not both"
            raise PydanticCustomError("combination", "{message}", {"key": "spec", "message": message})
        return self

    def prepare(self, base: RunSpec, dataset: DatasetRead) -> RunSpec:  # noqa: ARG002 - some kinds change it
        """Returns what the runs have in common, made from the spec of the request."""
        return base

    @abstractmethod
    def runs_of(self, base: RunSpec) -> int:
        """Returns the number of runs that are requested."""

    @abstractmethod
    def trial(self, base: RunSpec, number: int) -> Trial:
        """Returns a trial, counted from 0. There are trials beyond the requested ones, for a study that is extended."""

    def probes(self, base: RunSpec) -> Iterable[Trial]:  # noqa: ARG002 - of searches
        """Returns trials that need not be run, but must be possible."""
        return ()

    def extension_step(self, base: RunSpec) -> int:  # noqa: ARG002 - some kinds depend on it
        """Returns the number of runs by which, or a multiple of it, the study can be extended."""
        return 1


class SeededRequest(StudyRequest):
    """A study of points, each trained once a seed; all points of the first seed come first."""

    seeds: Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS)] | None = Field(
        None, description="each point is trained with each; without seeds once, with the seed of the spec"
    )

    @model_validator(mode="after")
    def _each_seed_once(self) -> Self:
        if self.seeds and len(set(self.seeds)) < len(self.seeds):
            message = "holds a seed twice; give each one once"
            raise PydanticCustomError("combination", "{message}", {"key": "seeds", "message": message})
        return self

    @abstractmethod
    def points(self, base: RunSpec) -> Sequence[Trial]:
        """Returns the points, without seeds."""

    def point(self, base: RunSpec, number: int) -> Trial:
        return self.points(base)[number]

    def number_of_points(self, base: RunSpec) -> int:
        return len(self.points(base))

    def runs_of(self, base: RunSpec) -> int:
        return self.number_of_points(base) * len(self._seeds(base))

    def extension_step(self, base: RunSpec) -> int:
        return self.number_of_points(base)

    def trial(self, base: RunSpec, number: int) -> Trial:
        place, point_number = divmod(number, self.number_of_points(base))
        seed, point = self._seed(base, place), self.point(base, point_number)
        return Trial({**point.values, "seed": seed}, {**point.changes, "seed": seed})

    def _seeds(self, base: RunSpec) -> list[int]:
        return self.seeds or [base.seed]

    def _seed(self, base: RunSpec, place: int) -> int:
        """Returns the seed at a place; those beyond the list follow its largest."""
        seeds = self._seeds(base)
        return seeds[place] if place < len(seeds) else max(seeds) + 1 + place - len(seeds)
