"""The kinds of studies: a file for each, which says what its request holds and what each of its trials changes."""

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from backend.spec.choices import Choices
from backend.studies.kinds.base import StudyRequest, Trial
from backend.studies.kinds.grid import Grid
from backend.studies.kinds.ladder import Ladder
from backend.studies.kinds.learning_curve import LearningCurve
from backend.studies.kinds.repeat import Repeat
from backend.studies.kinds.search import Random, Search, Tpe

KINDS: Choices[StudyRequest] = Choices("kind", Repeat, Grid, Random, Tpe, LearningCurve, Ladder)

if TYPE_CHECKING:
    AnyStudyRequest = StudyRequest
else:
    AnyStudyRequest = KINDS.union()

STUDY_REQUEST: TypeAdapter[StudyRequest] = TypeAdapter(AnyStudyRequest)

__all__ = [
    "KINDS",
    "STUDY_REQUEST",
    "AnyStudyRequest",
    "Grid",
    "Ladder",
    "LearningCurve",
    "Search",
    "StudyRequest",
    "Tpe",
    "Trial",
]
