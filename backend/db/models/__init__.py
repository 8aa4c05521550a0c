"""The tables. Times are seconds since 1970 by the database's clock (`clock`); no other clock decides about a lease."""

from backend.db.models.base import JSON_OR_NULL, Json, Table
from backend.db.models.best_models import Answering, Artifact, BestModelJob, Evaluation, Export
from backend.db.models.comparisons import Decision, DecisionRun, Study, View
from backend.db.models.datasets import Dataset, LabelDecision, PeopleLabel, Quiz, QuizAnswer
from backend.db.models.runs import (
    ACTIVE,
    ENDED,
    HELD,
    PRIORITIES,
    Epoch,
    Event,
    IdempotencyKey,
    MetricBlock,
    Run,
    RunChange,
    SearchText,
    State,
)
from backend.db.models.workers import Worker

__all__ = [
    "ACTIVE",
    "ENDED",
    "HELD",
    "JSON_OR_NULL",
    "PRIORITIES",
    "Answering",
    "Artifact",
    "BestModelJob",
    "Dataset",
    "Decision",
    "DecisionRun",
    "Epoch",
    "Evaluation",
    "Event",
    "Export",
    "IdempotencyKey",
    "Json",
    "LabelDecision",
    "MetricBlock",
    "PeopleLabel",
    "Quiz",
    "QuizAnswer",
    "Run",
    "RunChange",
    "SearchText",
    "State",
    "Study",
    "Table",
    "View",
    "Worker",
]
