"""Where runs come from: what each was cloned or initialised from, and when it was resumed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.compare.decisions import list_decisions
from backend.compare.differences import differences
from backend.compare.schemas import Lineage, LineageEdge, LineageNode
from backend.db.models import ENDED, Event, Run

MAX_ANCESTORS = 200
MAX_DESCENDANTS = 50
MAX_DECISIONS = 50


def lineage(session: Session, runs: Sequence[Run]) -> Lineage:
    """Returns the direct descendants of runs, the ancestors of all of these, and how each came from another."""
    known = {run.id: run for run in (*runs, *_descendants(session, [run.id for run in runs]))}
    known |= _ancestors(session, known)
    family = sorted(known.values(), key=lambda run: (run.created_at, run.id))
    edges = _edges(session, family, known)
    gone = [edge.from_ for edge in edges if edge.from_ not in known]
    return Lineage(
        nodes=[
            *(LineageNode(id=run_id, name=None, status="deleted", best=None) for run_id in dict.fromkeys(gone)),
            *(LineageNode.model_validate(run, from_attributes=True) for run in family),
        ],
        edges=[*edges, *_resumes(session, [run.id for run in family])],
        decisions=list_decisions(session, [run.id for run in runs], MAX_DECISIONS, None)[0],
    )


def _parents(run: Run) -> Iterator[tuple[str, Any]]:
    """Yields how a run came from another, and the other's id."""
    if run.cloned_from is not None:
        yield "cloned", run.cloned_from
    if run.spec.get("init"):
        yield "initialised", run.spec["init"]["run"]


def _ancestors(session: Session, runs: dict[str, Run]) -> dict[str, Run]:
    found: dict[str, Run] = {}
    generation: Iterable[Run] = runs.values()
    while missing := {parent for run in generation for _, parent in _parents(run)} - {*found, *runs}:
        generation = session.scalars(select(Run).where(Run.id.in_(missing)).limit(MAX_ANCESTORS - len(found))).all()
        found |= {run.id: run for run in generation}
    return found


def _descendants(session: Session, ids: Sequence[str]) -> Sequence[Run]:
    """Returns the newest of the runs that were cloned or initialised from `ids`."""
    initialised_from = Run.spec[("init", "run")].as_string()
    descends = or_(Run.cloned_from.in_(ids), initialised_from.in_(ids))
    return session.scalars(select(Run).where(descends).order_by(Run.created_at.desc()).limit(MAX_DESCENDANTS)).all()


def _edges(session: Session, family: Sequence[Run], known: dict[str, Run]) -> list[LineageEdge]:
    """Returns how each run came from others that are known or deleted; ancestors beyond the limit are left out."""
    edges = [edge for run in family for edge in _origins(run, known)]
    unknown = {edge.from_ for edge in edges} - known.keys()
    left_out = set(session.scalars(select(Run.id).where(Run.id.in_(unknown))))
    return [edge for edge in edges if edge.from_ not in left_out]


def _origins(run: Run, known: dict[str, Run]) -> Iterator[LineageEdge]:
    for kind, parent in _parents(run):
        changes = _changes(known[parent], run) if parent in known else {}
        yield LineageEdge.model_validate({"from": parent, "to": run.id, "kind": kind, "changes": changes})


def _changes(parent: Run, run: Run) -> dict[str, tuple[Any, Any]]:
    different, _ = differences([parent.trained_spec, run.trained_spec])
    return {item.path: (item.values[0], item.values[1]) for item in different if item.path != "init.run"}


def _resumes(session: Session, ids: Sequence[str]) -> Iterator[LineageEdge]:
    """Yields an edge for each time that a person resumed a run: it was queued again after it had ended."""
    status, epochs = Event.payload["status"].as_string(), Event.payload["epochs"].as_integer()
    columns = select(Event.run_id, status, epochs, Event.payload["epoch"].as_integer())
    of_runs = columns.where(Event.run_id.in_(ids), Event.kind == "status")
    before: tuple[Any, ...] = ("", "", 0, 0)
    for row in session.execute(of_runs.order_by(Event.run_id, Event.seq)):
        run_id, status_now, total, epoch = row
        if before[0] == run_id and before[1] in ENDED and status_now == "queued":
            changes = {"epochs": (before[2], total)} if total != before[2] else {}
            edge = {"from": run_id, "to": run_id, "kind": "resumed", "epoch": epoch, "changes": changes}
            yield LineageEdge.model_validate(edge)
        before = tuple(row)
