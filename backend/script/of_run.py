"""The script of a run as the database has it."""

from sqlalchemy.orm import Session

from backend.datasets import dataset_read
from backend.models import Dataset, Run
from backend.network import Impossible, describe
from backend.pace import choose
from backend.script.page import script
from backend.script.part import Given
from backend.spec import RunSpec


def train_py(session: Session, run: Run) -> str | None:
    """The run's `train.py`; None where nobody knows any more which images and classes it had."""
    images = _images(session, run)
    if images is None:
        return None
    shape, classes = images
    spec = RunSpec.model_validate(run.spec)
    try:
        network = describe(spec.model, shape, len(classes))
    except Impossible:
        return None  # it was to train on another dataset of that name
    return script(Given(run.id, run.name, spec, network, classes, choose(spec, network), run.machine))


def _images(session: Session, run: Run) -> tuple[list[int], list[str]] | None:
    """Height, width and channels, and the classes: as the run had them, or as its dataset has them now."""
    if kept := run.preprocessing:
        return list(kept["image_shape"]), list(kept["classes"])
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    if dataset.image_shape is None or not dataset.classes:
        return None
    return list(dataset.image_shape), list(dataset.classes)
