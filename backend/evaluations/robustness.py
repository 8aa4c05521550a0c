"""The result of a robustness test, for the page."""

from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.statistics.intervals import wilson
from backend.datasets.images import encode_png
from backend.db.engine import read_again
from backend.db.models import Evaluation, Json, Run
from backend.errors import NotFound
from backend.evaluations.disturbances import CLEAN, DISTURBANCES, STRENGTHS, Disturbance, DisturbanceName, conditions
from backend.evaluations.jobs import folder_name, is_current
from backend.evaluations.schemas import Accuracy, DisturbanceRead, RobustnessRead, StrengthRead

EXAMPLES = "examples"


def read_robustness(session: Session, row: Evaluation) -> RobustnessRead:
    """Returns a finished evaluation."""
    result = row.result or {}
    return RobustnessRead(
        epoch=row.epoch,
        is_current=is_current(session, row),
        images=result["images"],
        of=result["of"],
        seconds=result["seconds"],
        clean=_accuracy(result, CLEAN),
        clean_image=_address(row, CLEAN),
        disturbances=[_disturbance(row, result, name, disturbance) for name, disturbance in DISTURBANCES.items()],
    )


def example_png(session: Session, data_dir: Path, run: Run, condition: str) -> bytes:
    """Returns one validation image as it is, or disturbed (`blur-3`), as PNG. Raises NotFound."""
    return read_again(session, lambda current: _example_png(current, data_dir, run, condition))


def _example_png(session: Session, data_dir: Path, run: Run, condition: str) -> bytes:
    names = conditions()
    row = session.get(Evaluation, (run.id, "robustness"))
    if condition not in names or row is None or row.status != "ready":
        raise NotFound(f"There is no example {condition!r}; once the test is ready, they are {', '.join(names)}.")
    try:
        images = np.load(data_dir / folder_name(row) / f"{EXAMPLES}.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise NotFound("The examples of the robustness test can't be read; request it again.") from error
    return encode_png(images, names.index(condition))


def _disturbance(row: Evaluation, result: Json, name: DisturbanceName, disturbance: Disturbance) -> DisturbanceRead:
    strengths = [_strength(row, result, name, strength, disturbance) for strength in STRENGTHS]
    mean = sum(strength.accuracy for strength in strengths) / len(strengths)
    return DisturbanceRead(
        name=name, title=disturbance.title, measure=disturbance.measure, mean=mean, strengths=strengths
    )


def _strength(
    row: Evaluation, result: Json, name: DisturbanceName, strength: int, disturbance: Disturbance
) -> StrengthRead:
    condition, value = f"{name}-{strength}", disturbance.values[strength - 1]
    accuracy = _accuracy(result, condition).model_dump()
    return StrengthRead(strength=strength, value=value, image=_address(row, condition), **accuracy)


def _accuracy(result: Json, condition: str) -> Accuracy:
    right, images = result["right"][condition], result["images"]
    return Accuracy(right=right, accuracy=right / images, interval=wilson(right, images))


def _address(row: Evaluation, condition: str) -> str:
    """The claim in the address makes a new one for a new test, so that browsers may keep the image."""
    return f"/api/runs/{row.run_id}/robustness/{condition}.png?of={row.claim}"
