"""`repeat`: the same spec with several seeds."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec import RunSpec
from backend.studies.kinds.base import MAX_SEEDS, Seed, SeededRequest, Trial


class Repeat(SeededRequest):
    kind: Literal["repeat"]
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS)] = Field([0, 1, 2])

    title: ClassVar[str] = "Repeat"

    def points(self, base: RunSpec) -> list[Trial]:  # noqa: ARG002 - the spec itself
        return [Trial({}, {})]
