"""A training of seconds without a board around it."""

from pathlib import Path
from typing import Any

from tests.support.training.trainings import TINY, Recorded, spec, tiny_dataset
from worker.training.fit import train
from worker.training.report import Outcome


def run_tiny(parent: Path, report: Recorded, **changes: Any) -> Outcome:
    """Trains a network of some hundred weights on 40 images, in a new folder below `parent`."""
    folder = parent / "run"
    folder.mkdir()
    return train(spec("tiny", TINY, **changes), tiny_dataset(parent), folder, report)
