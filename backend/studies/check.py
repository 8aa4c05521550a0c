"""Checks a study before its launch: how many runs it has, how long they take, and what is wrong with it."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.models import Dataset
from backend.errors import Invalid
from backend.network import Impossible, Network, describe
from backend.planning.costs.estimate import epoch_time
from backend.planning.costs.speed import EpochTime
from backend.planning.image_counts import images_of
from backend.planning.schemas import Notice
from backend.spec import FromTrain, RunSpec
from backend.studies.create import Plan, plan_study
from backend.studies.kinds import LearningCurve, Search, StudyRequest
from backend.studies.schemas import StudyCheck
from backend.workers import WorkerRead, all_workers, slots_of

TIMED_TRIALS = 40  # of a study, evenly chosen; their mean time is that of all
COST = ("dataset", "model", "batch_size", "precision", "augmentation")  # what the time of an epoch depends on
PRUNED_SHARE = 0.4  # of the epochs is the least that a pruned search trains
FEW_SEEDS = 3
SHORT_SEARCH = 10


def check_study(session: Session, request: StudyRequest, max_runs: int, lease_seconds: float) -> StudyCheck:
    """Returns what is known of a study now. One that is impossible is not `ok`, and never an exception."""
    workers = all_workers(session, lease_seconds)
    slots = slots_of(workers)
    try:
        plan = plan_study(session, request, max_runs, slots)
    except Invalid as problem:
        return _impossible(problem, slots, max_runs)
    return StudyCheck(
        ok=True,
        errors=[],
        warnings=list(_warnings(plan)),
        runs=plan.runs,
        seconds_range=_seconds_range(session, plan, workers, slots),
        slots=slots,
        limit=max_runs,
    )


def _impossible(problem: Invalid, slots: int, max_runs: int) -> StudyCheck:
    errors = [Notice(loc=list(error.loc), msg=error.msg) for error in problem.errors]
    return StudyCheck(ok=False, errors=errors, warnings=[], runs=None, seconds_range=None, slots=slots, limit=max_runs)


def _seconds_range(session: Session, plan: Plan, workers: list[WorkerRead], slots: int) -> list[float] | None:
    """Returns the least and the most that all runs are likely to take on the slots there are."""
    specs = _sample(plan)
    times: dict[str, EpochTime | None] = {}
    ranges = []
    for spec in specs:
        cost = spec.model_dump_json(include=set(COST))
        if cost not in times:
            times[cost] = _epoch_time(session, spec, workers)
        time = times[cost]
        if time is None:
            return None
        least, most = time.range or (time.seconds, time.seconds)
        ranges.append((spec.epochs * least, spec.epochs * most))
    if not ranges:
        return None  # each value of the search is possible, but none of the combinations that were drawn
    share = PRUNED_SHARE if isinstance(plan.request, Search) and plan.request.pruner != "none" else 1.0
    factor = plan.runs / len(ranges) / min(slots, plan.runs)
    return [share * factor * sum(least for least, _ in ranges), factor * sum(most for _, most in ranges)]


def _sample(plan: Plan) -> list[RunSpec]:
    """Returns the specs of some trials: those to come of a search are like random ones."""
    step = -(-plan.runs // TIMED_TRIALS)
    return [spec for number in range(0, plan.runs, step) if (spec := plan.spec(number)) is not None]


def _epoch_time(session: Session, spec: RunSpec, workers: list[WorkerRead]) -> EpochTime | None:
    dataset = dataset_read(spec.dataset.name, session.get(Dataset, spec.dataset.name))
    try:
        network: Network = describe(spec.model, dataset.image_shape or [], len(dataset.classes or []))
    except Impossible:
        return None
    return epoch_time(session, spec, network, images_of(spec.dataset, dataset), workers)


def _warnings(plan: Plan) -> Iterable[Notice]:
    request = plan.request
    yield from _warnings_of_seeds(request)
    if isinstance(request, LearningCurve) and isinstance(plan.base.dataset.validation, FromTrain):
        yield Notice(
            loc=["spec", "dataset", "validation"],
            msg="each fraction is validated on other images, a part of its own training images; "
            "validate on the test split to compare them",
        )
    if isinstance(request, Search) and request.runs < SHORT_SEARCH:
        yield Notice(loc=["runs"], msg=f"a search of {request.runs} runs learns little; {SHORT_SEARCH} or more do")


def _warnings_of_seeds(request: StudyRequest) -> Iterator[Notice]:
    seeds = getattr(request, "seeds", None)
    if not isinstance(request, Search) and len(seeds or [0]) < FEW_SEEDS:
        yield Notice(loc=["seeds"], msg="without three seeds or more, a difference can't be told from chance")
