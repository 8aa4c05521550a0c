"""What the finished trials of a study show beyond their means: the ladder's gains, a learning curve, paired tests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import fmean, stdev
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.analysis.statistics.t_tests import paired_t_test
from backend.compare.differences import differences
from backend.db.models import Study
from backend.spec import RunSpec
from backend.studies.changes import changed_spec
from backend.studies.kinds import Ladder
from backend.studies.kinds.ladder import Rung
from backend.studies.kinds.learning_curve import IMAGES
from backend.studies.power_law import PowerLaw, fit_power_law
from backend.studies.schemas import CurvePoint, Fit, LadderRung, LearningCurveRead, PairedRead, Twice
from backend.studies.trials import TrialRow, trials_of

MAX_COMPARED = 20  # newest repeat studies of the same data
Values = dict[int, float]


def ladder(request: Ladder, base: RunSpec, trials: Sequence[TrialRow]) -> list[LadderRung]:
    """Returns each rung with its mean and what it gained over the rung below, seed by seed."""
    by_rung: dict[int, list[TrialRow]] = defaultdict(list)
    for trial in _finished(trials):
        by_rung[trial.values["rung"]].append(trial)
    specs = [changed_spec(base, point.changes).as_json() for point in request.points(base)]
    below: Values = {}
    items = []
    for number, rung in enumerate(request.rungs(base)):
        changes = _changes(specs[number - 1], specs[number]) if number else {}
        items.append(_ladder_rung(number, rung, changes, below, by_rung[number]))
        below = _by_seed(by_rung[number])
    return items


def _ladder_rung(
    number: int, rung: Rung, changes: dict[str, Any], below: Values, trials: Sequence[TrialRow]
) -> LadderRung:
    values = _by_seed(trials)
    gain = paired_t_test(below, values)
    return LadderRung(
        rung=number,
        title=rung.title,
        description=rung.description,
        changes=changes,
        **_mean(values.values()),
        gain=gain.difference if gain else None,
        gain_interval=list(gain.interval) if gain and gain.interval else None,
        p_value=gain.p_value if gain else None,
        seconds=_mean_seconds(trials),
    )


def _changes(below: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Returns the values of a rung's spec that differ from the rung below, by their paths."""
    return {change.path: change.values[1] for change in differences([below, spec])[0]}


def learning_curve(trials: Sequence[TrialRow], *, is_share: bool) -> LearningCurveRead:
    """Returns the means by training images, the fitted curve, and its value for twice the images of the largest point.

    `is_share`: the objective lies between 0 and 1, so that the curve is cut there.
    """
    by_size: dict[int, list[float]] = defaultdict(list)
    for trial in _finished(trials):
        by_size[trial.values[IMAGES]].append(trial.value or 0.0)
    points = [CurvePoint(images=images, **_mean(by_size[images])) for images in sorted(by_size)]
    pairs = [(images, value) for images, values in by_size.items() for value in values]
    law = fit_power_law([images for images, _ in pairs], [value for _, value in pairs])
    if law is None:
        return LearningCurveRead(points=points, fit=None, twice=None)
    twice = _twice(law, 2 * points[-1].images, is_share=is_share)
    return LearningCurveRead(points=points, fit=Fit(a=law.a, b=law.b, c=law.c), twice=twice)


def _twice(law: PowerLaw, images: int, *, is_share: bool) -> Twice:
    def cut(value: float) -> float:
        return min(1.0, max(0.0, value)) if is_share else value

    interval = law.interval(images)
    low, high = (cut(interval[0]), cut(interval[1])) if interval else (None, None)
    return Twice(images=images, value=cut(law.value(images)), low=low, high=high)


def paired(session: Session, study: Study, trials: Sequence[TrialRow]) -> list[PairedRead]:
    """Compares a repeat study with the others of the same data and objective, on the seeds that both have finished."""
    values = _by_seed(_finished(trials))
    others = _newest_repeats(session, study)
    other_trials = trials_of(session, others)
    items = []
    for other in others:
        result = paired_t_test(_by_seed(_finished(other_trials[other.id])), values)
        if result is not None and result.p_value is not None:
            items.append(
                PairedRead(
                    study=other.id,
                    name=other.name,
                    n=result.n,
                    difference=result.difference,
                    deviation=result.deviation,
                    interval=list(result.interval) if result.interval else None,
                    p_value=result.p_value,
                    test="paired-t" if result.deviation else "sign",
                )
            )
    return items


def _newest_repeats(session: Session, study: Study) -> list[Study]:
    repeats = select(Study).where(Study.kind == "repeat", Study.objective == study.objective, Study.id != study.id)
    newest = session.scalars(repeats.order_by(Study.created_at.desc(), Study.id.desc()))
    return list(islice((other for other in newest if _data(other) == _data(study)), MAX_COMPARED))


def _data(study: Study) -> object:
    """Returns what decides on which images a study is scored."""
    return {key: study.spec["dataset"].get(key) for key in ("name", "test_limit", "validation")}


def _finished(trials: Iterable[TrialRow]) -> list[TrialRow]:
    return [trial for trial in trials if trial.state == "finished"]


def _by_seed(trials: Iterable[TrialRow]) -> Values:
    return {trial.values["seed"]: trial.value or 0.0 for trial in trials}


def _mean(values: Iterable[float]) -> dict[str, float | int | None]:
    numbers = list(values)
    return {
        "mean": fmean(numbers) if numbers else None,
        "deviation": stdev(numbers) if len(numbers) > 1 else None,
        "n": len(numbers),
    }


def _mean_seconds(trials: Sequence[TrialRow]) -> float | None:
    seconds = [trial.seconds for trial in trials if trial.seconds is not None]
    return fmean(seconds) if seconds else None
