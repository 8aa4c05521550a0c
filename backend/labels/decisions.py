"""What people decided about labels. Two people may work at once: a decision names the one that it replaces."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.datasets import registry
from backend.datasets.schemas import DatasetRead
from backend.datasets.store import StoredSplit
from backend.db.clock import database_time, to_datetime
from backend.db.models import Dataset, LabelDecision
from backend.errors import Conflict, FieldError, Invalid, NotFound
from backend.labels.schemas import Do, LabelDecisionRead
from backend.phrases import listed, quoted, sentence
from backend.requests import Line, RequestBody

MAX_AT_ONCE = 1_000
MAX_NAMED = 20  # classes in an error message
MAX_DECISIONS = 10_000  # about one dataset: as many changes as a new version may have

Key = tuple[str, int]
"""Split and index of an image."""


class LabelDecisionCreate(RequestBody):
    """`undecided` takes a decision back. `revision` is that of the decision that is replaced; null if there is none."""

    split: StoredSplit = Field(description="the stored split")
    index: int = Field(ge=0, lt=2**31, description="position in the stored split")
    do: Do | Literal["undecided"]
    class_: Annotated[Line, Field(max_length=200)] | None = Field(
        None, alias="class", description="new class, of relabel"
    )
    revision: str | None = Field(None, max_length=16, description="of the decision that you saw; null: you saw none")


class LabelDecisionsChange(RequestBody):
    decisions: list[LabelDecisionCreate] = Field(min_length=1, max_length=MAX_AT_ONCE)
    by: Annotated[Line, Field(min_length=1, max_length=40)] | None = Field(None, description="who decides")

    @model_validator(mode="after")
    def _each_image_once(self) -> "LabelDecisionsChange":
        keys = [(decision.split, decision.index) for decision in self.decisions]
        if len(set(keys)) < len(keys):
            raise ValueError("the same image is named twice; name each image once")
        return self


def list_decisions(session: Session, name: str) -> list[LabelDecisionRead]:
    """Returns all decisions about the images of a dataset, in the order in which they were made."""
    registry.find(session, name)
    rows = select(LabelDecision).where(LabelDecision.dataset == name).order_by(LabelDecision.decided_at)
    return list(map(_read, session.scalars(rows)))


def decisions_of(session: Session, name: str, keys: Sequence[Key]) -> dict[Key, LabelDecisionRead]:
    """Returns the decisions about some images."""
    image = tuple_(LabelDecision.split, LabelDecision.position)
    rows = session.scalars(select(LabelDecision).where(LabelDecision.dataset == name, image.in_(keys)))
    return {(row.split, row.position): _read(row) for row in rows}


def decide(session: Session, name: str, change: LabelDecisionsChange) -> list[LabelDecisionRead]:
    """Stores all decisions of a request, or none. Returns those that are stored now.

    Raises:
        NotFound: The dataset does not exist or is not ready.
        Invalid: An image or a class does not exist, or there would be too many decisions.
        Conflict: Another person decided about one of the images since.
    """
    dataset = _locked(session, name)
    for place, decision in enumerate(change.decisions):
        _check(dataset, decision, place)
    rows = _rows(session, name, [(decision.split, decision.index) for decision in change.decisions])
    _refuse_conflicts(change.decisions, rows)
    now = database_time(session)
    for row in rows.values():
        session.delete(row)
    session.flush()
    new = [_row(name, decision, change.by, now) for decision in change.decisions if decision.do != "undecided"]
    session.add_all(new)
    session.flush()
    _check_total(session, name)
    return list(map(_read, new))


def _locked(session: Session, name: str) -> DatasetRead:
    """Returns the dataset, whose row is locked, so that two requests decide one after the other."""
    registry.find(session, name)
    row = session.get(Dataset, name, with_for_update=True, populate_existing=True)
    dataset = registry.dataset_read(name, row)
    if dataset.status != "ready":
        raise NotFound(
            f"Dataset {name!r} is {dataset.status}, so it has no images to decide about; {_advice(dataset)}."
        )
    return dataset


def _advice(dataset: DatasetRead) -> str:
    return "wait until it is ready" if dataset.status == "preparing" else "prepare or upload it first"


def _check(dataset: DatasetRead, decision: LabelDecisionCreate, place: int) -> None:
    counts = dataset.counts or {}
    if decision.split not in counts:
        raise _invalid(place, "split", f"{dataset.name} has no {decision.split} images, only {listed(counts)}")
    images = sum(counts[decision.split])
    if decision.index >= images:
        raise _invalid(
            place, "index", f"{decision.split} has the images 0 to {images - 1:,}; you gave {decision.index:,}"
        )
    if (decision.do == "relabel") != (decision.class_ is not None):
        raise _invalid(place, "class", "give a class with relabel, and with nothing else")
    classes = dataset.classes or []
    if decision.class_ is not None and decision.class_ not in classes:
        message = f"there is no class {quoted(decision.class_)}; the classes are {listed(classes[:MAX_NAMED])}"
        raise _invalid(place, "class", message)


def _rows(session: Session, name: str, keys: Sequence[Key]) -> dict[Key, LabelDecision]:
    image = tuple_(LabelDecision.split, LabelDecision.position)
    rows = session.scalars(select(LabelDecision).where(LabelDecision.dataset == name, image.in_(keys)))
    return {(row.split, row.position): row for row in rows}


def _refuse_conflicts(decisions: Sequence[LabelDecisionCreate], rows: dict[Key, LabelDecision]) -> None:
    errors = []
    for place, decision in enumerate(decisions):
        row = rows.get((decision.split, decision.index))
        if decision.revision != (row.revision if row else None):
            errors.append(FieldError(["decisions", place, "revision"], _conflict(decision, row)))
    if errors:
        more = f" {len(errors) - 1:,} more images have other decisions, too." if len(errors) > 1 else ""
        raise Conflict(f"{sentence(errors[0].msg)}{more} Nothing was stored; look at it again.", errors)


def _conflict(decision: LabelDecisionCreate, row: LabelDecision | None) -> str:
    image = f"{decision.split} image {decision.index:,}"
    if row is None:
        return f"the decision about {image} was taken back since"
    who = quoted(row.decided_by) if row.decided_by else "another person"
    done = {"keep": "kept its label", "relabel": f"relabelled it as {quoted(row.label)}", "leave_out": "left it out"}
    return f"{who} decided about {image} before you: {done[row.action]}"


def _check_total(session: Session, name: str) -> None:
    decisions = select(func.count()).select_from(LabelDecision).where(LabelDecision.dataset == name)
    if (total := session.execute(decisions).scalar_one()) > MAX_DECISIONS:
        raise Invalid(
            f"There would be {total:,} decisions about {name!r}; at most {MAX_DECISIONS:,} are kept. Make a new "
            "version of the dataset, and go on with that."
        )


def _row(name: str, decision: LabelDecisionCreate, by: str | None, now: float) -> LabelDecision:
    return LabelDecision(
        dataset=name,
        split=decision.split,
        position=decision.index,
        action=decision.do,
        label=decision.class_,
        decided_by=by,
        decided_at=now,
        revision=secrets.token_hex(4),
    )


def _read(row: LabelDecision) -> LabelDecisionRead:
    return LabelDecisionRead.model_validate(
        {
            "split": row.split,
            "index": row.position,
            "do": row.action,
            "class_": row.label,
            "by": row.decided_by,
            "at": to_datetime(row.decided_at),
            "revision": row.revision,
        }
    )


def _invalid(place: int, field: str, message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(["decisions", place, field], message)])
