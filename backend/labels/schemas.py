"""Queries and JSON of the routes about labels."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.requests import StorableText
from backend.runs.table.cursors import MAX_LENGTH

MAX_RUNS = 20  # that judge together: a page lists what each of them says
Judged = Literal["validation", "train"]
Do = Literal["keep", "relabel", "leave_out"]


def _ids(text: str) -> str:
    ids = [run_id for run_id in text.split(",") if run_id]
    if len(ids) > MAX_RUNS:
        raise ValueError(f"name at most {MAX_RUNS} runs, separated by commas; you gave {len(ids):,}")
    return ",".join(dict.fromkeys(ids))


class JudgesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    runs: Annotated[StorableText, AfterValidator(_ids)] = Field(
        "",
        max_length=1_000,
        description="ids of the runs that judge, separated by commas; without it, the newest that have ended",
    )

    def run_ids(self) -> list[str]:
        return self.runs.split(",") if self.runs else []


class SuspectsFilter(JudgesQuery):
    split: Judged = Field(
        "validation", description="the images that the runs were validated on, or those that they were trained on"
    )


class SuspectsQuery(SuspectsFilter):
    limit: int = Field(24, ge=1, le=200, description="images of a page")
    cursor: str | None = Field(None, max_length=MAX_LENGTH, description="`next_cursor` of the previous page")


class LeftOutRun(BaseModel):
    """A run that does not judge, and why."""

    id: str
    name: str
    reason: str


class JudgeRead(BaseModel):
    """A run that judges, by its best model, which is that of `epoch`."""

    id: str
    name: str
    epoch: int


class Opinion(BaseModel):
    """What one run says of an image. `label_probability` is what it leaves to the label."""

    run: str
    predicted: str
    confidence: float
    label_probability: float


class ImagePlace(BaseModel):
    """An image by its position in a stored split, with the address of its PNG."""

    split: str
    index: int
    image: str


class LabelDecisionRead(BaseModel):
    """`class` is the new label of `relabel`. `revision` is sent with the next decision about the image."""

    split: str
    index: int
    do: Do
    class_: str | None = Field(serialization_alias="class")
    by: str | None
    at: datetime
    revision: str


class PeopleRead(BaseModel):
    """What people answered who did not know the label (`POST /api/quizzes/{id}/answers`)."""

    answers: int
    agree: int
    class_: str = Field(serialization_alias="class")


class Suspect(ImagePlace):
    """An image whose label is probably wrong. `score` is the probability that the runs leave to the label, on average.

    `decision` is what a person has decided about it, or null.
    """

    label: str
    suggested: str
    score: float
    runs: list[Opinion]
    people: PeopleRead | None
    decision: LabelDecisionRead | None


class Suspects(BaseModel):
    """`images` is the number of images that were judged, by `runs`; `left_out` has the runs that can't judge.

    `in_sample` says that the runs were trained on these images: they may have learnt wrong labels by heart.
    `usual` has the mean probability of the label by class, and `typical` some images that the runs are surest of, both
    for the classes of this page.
    """

    items: list[Suspect]
    next_cursor: str | None
    total: int
    images: int
    in_sample: bool
    runs: list[JudgeRead]
    left_out: list[LeftOutRun]
    usual: dict[str, float]
    typical: dict[str, list[ImagePlace]]


class Score(BaseModel):
    """An accuracy on `images` images, with its interval of 95 %."""

    accuracy: float
    interval: tuple[float, float]
    images: int


class CorrectedScore(BaseModel):
    """The accuracy of a run's best epoch on its validation images: on its own labels, and on the corrected ones."""

    id: str
    name: str
    dataset: str
    before: Score
    after: Score


class CorrectedScores(BaseModel):
    """`left_out` has the runs that have no score, and why."""

    items: list[CorrectedScore]
    left_out: list[LeftOutRun]


class ClassCount(BaseModel):
    name: str
    before: int
    after: int


class Corrections(BaseModel):
    """What a new version would change by the decisions so far. `counts` has the images of each split by class."""

    relabelled: int
    left_out: int
    kept: int
    counts: dict[str, list[ClassCount]]
    scores: CorrectedScores
