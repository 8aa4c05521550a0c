"""The script of a run as the database has it."""

import json
from functools import lru_cache

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.models import Dataset, Run
from backend.network import Impossible, describe
from backend.planning.execution_plan import choose_execution
from backend.script.page import script
from backend.script.part import Given
from backend.spec import RunSpec

KEPT_SCRIPTS = 128


def train_py(session: Session, run: Run) -> str | None:
    """The run's `train.py`; None where nobody knows any more which images and classes it had."""
    images = _images(session, run)
    if images is None:
        return None
    return _written(run.id, run.name, json.dumps(run.spec), *images, run.machine)


@lru_cache(maxsize=KEPT_SCRIPTS)
def _written(
    run_id: str, name: str, spec_json: str, shape: tuple[int, ...], classes: tuple[str, ...], machine: str | None
) -> str | None:
    """Kept, since every look at a run's files asks for it, and pages look every few seconds."""
    spec = RunSpec.model_validate_json(spec_json)
    try:
        network = describe(spec.model, list(shape), len(classes))
    except Impossible:
        return None  # it was to train on another dataset of that name
    return script(Given(run_id, name, spec, network, list(classes), choose_execution(spec, network), machine))


def _images(session: Session, run: Run) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Height, width and channels, and the classes: as the run had them, or as its dataset has them now."""
    if kept := run.preprocessing:
        return tuple(kept["image_shape"]), tuple(kept["classes"])
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    if dataset.image_shape is None or not dataset.classes:
        return None
    return tuple(dataset.image_shape), tuple(dataset.classes)
