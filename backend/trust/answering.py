"""How a run's exports answer: with probabilities as trained or scaled, always or only when sure enough."""

from pydantic import Field
from sqlalchemy.orm import Session

from backend.db.models import Answering, Artifact, Run
from backend.errors import Conflict
from backend.requests import RequestBody


class AnsweringChoice(RequestBody):
    """The temperature itself is fitted when a file is exported, to the validation images of the model in it."""

    temperature: bool = Field(description="scale probabilities by a temperature that is fitted on validation")
    threshold: float | None = Field(
        None, ge=0, le=1, description="answer only at this confidence or more, after scaling; null: always"
    )


AS_TRAINED = AnsweringChoice(temperature=False, threshold=None)


def chosen(session: Session, run_id: str) -> AnsweringChoice:
    """Returns the choice of a run; until one is made, it answers always, as trained."""
    row = session.get(Answering, run_id)
    return AnsweringChoice(temperature=row.temperature, threshold=row.threshold) if row else AS_TRAINED


def choose(session: Session, run: Run, choice: AnsweringChoice) -> None:
    """Stores the choice.

    Raises:
        Conflict: The run has no best model yet.
    """
    if session.get(Artifact, (run.id, "best.keras")) is None:
        raise Conflict(f"Run {run.name!r} has no best model that could answer yet; wait for its first epoch.")
    session.merge(Answering(run_id=run.id, **choice.model_dump()))
