"""Writes the probabilities of finished runs, for tests of suspects, versions and quizzes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backend.db.models import Artifact, Run
from tests.support.compared import StoredRuns

UNSURE, SURE = 0.4, 0.9


def judging_run(board: StoredRuns, says: Sequence[int], sure: Mapping[int, float] | None = None, **run: Any) -> str:
    """Writes a finished run that says the class `says[i]` of validation image i, with a probability of SURE.

    `sure` has other probabilities, by image. What is left is shared by the other classes.
    """
    classes = run.pop("classes", 3)
    confidence = np.array([(sure or {}).get(image, SURE) for image in range(len(says))], np.float32)
    probabilities = np.repeat(((1 - confidence) / (classes - 1))[:, None], classes, axis=1)
    probabilities[np.arange(len(says)), says] = confidence
    run_id = board.run(says, confidence=confidence.tolist(), **run)
    write_probabilities(board, run_id, probabilities)
    return run_id


def write_probabilities(board: StoredRuns, run_id: str, probabilities: np.ndarray) -> None:
    path = board.data_dir / f"runs/{run_id}/e1/probabilities-1-validation.npy"
    np.save(path, probabilities.astype(np.float32))
    with board.database.write() as session:
        epoch = session.get_one(Run, run_id).epoch
        stored = path.relative_to(board.data_dir).as_posix()
        size = path.stat().st_size
        session.add(Artifact(run_id=run_id, name="probabilities", epoch=epoch, path=stored, bytes=size, sha256="0"))
