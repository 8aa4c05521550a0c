"""Writes the script of a run that is in the database."""

import json
from functools import lru_cache

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.models import Dataset, Run
from backend.network import Impossible, describe
from backend.planning.execution_plan import choose_execution
from backend.script.render import script
from backend.script.script_input import ScriptInput
from backend.spec import RunSpec

CACHED_SCRIPTS = 128


def train_py(session: Session, run: Run) -> str | None:
    """Returns the run's `train.py`, or None if the images and classes that it had are not known any more."""
    images = _images(session, run)
    if images is None:
        return None
    return _write(run.id, run.name, json.dumps(run.trained_spec), *images, run.machine)


@lru_cache(maxsize=CACHED_SCRIPTS)  # each list of a run's files needs it, and open pages read that every few seconds
def _write(
    run_id: str, name: str, spec_json: str, shape: tuple[int, ...], classes: tuple[str, ...], machine: str | None
) -> str | None:
    spec = RunSpec.model_validate_json(spec_json)
    try:
        network = describe(spec.model, list(shape), len(classes))
    except Impossible:
        return None  # the dataset of that name was replaced by one that the network doesn't fit
    return script(ScriptInput(run_id, name, spec, network, list(classes), choose_execution(spec, network), machine))


def _images(session: Session, run: Run) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Returns (height, width, channels) and the classes, as stored with the run or else as its dataset has them now."""
    if stored := run.preprocessing:
        return tuple(stored["image_shape"]), tuple(stored["classes"])
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    if dataset.image_shape is None or not dataset.classes:
        return None
    return tuple(dataset.image_shape), tuple(dataset.classes)
