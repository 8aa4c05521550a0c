"""Saves and restores all that a training needs to continue exactly after an epoch.

Nothing during training draws from Python's, NumPy's or TensorFlow's global generators: the order of the images comes
from (seed, epoch), and layers draw from their own seed variables, which are among the model's.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from backend.files import SavedFile
from backend.phrases import in_short
from worker.training.errors import TrainingError
from worker.training.files import Folder

READ_ERRORS = (OSError, ValueError, KeyError, zipfile.BadZipFile)


class Stateful(Protocol):
    """A callback with a state from epoch to epoch: values that JSON can hold, and arrays."""

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


def save_state(folder: Folder, model: keras.Model, epoch: int, callbacks: Mapping[str, Stateful]) -> SavedFile:
    arrays = {name: variable.numpy() for name, variable in _variables(model).items()}
    notes: dict[str, Any] = {"epoch": epoch, "callbacks": {}}
    for name, callback in callbacks.items():
        state = callback.state()
        notes["callbacks"][name] = {key: value for key, value in state.items() if not isinstance(value, np.ndarray)}
        arrays |= {f"{name} {key}": value for key, value in state.items() if isinstance(value, np.ndarray)}
    arrays["notes"] = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    return folder.save(f"state-{epoch}.npz", lambda file: np.savez(file, **arrays))


def saved_epoch(path: Path) -> int:
    """Returns the epoch after which the state in `path` was saved. Raises TrainingError if it can't be read."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return int(json.loads(arrays["notes"].tobytes())["epoch"])
    except READ_ERRORS as error:
        raise _unreadable(path, error) from error


def restore_state(path: Path, model: keras.Model, callbacks: Mapping[str, Stateful]) -> None:
    """Restores a compiled model, its optimizer and the callbacks from `path`."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            notes = json.loads(arrays["notes"].tobytes())
            for name, variable in _variables(model).items():
                variable.assign(arrays[name])
            for name, callback in callbacks.items():
                callback.restore({**notes["callbacks"][name], **_arrays_of(name, arrays)})
    except READ_ERRORS as error:
        raise _unreadable(path, error) from error


def _arrays_of(callback: str, arrays: Any) -> dict[str, Any]:
    prefix = f"{callback} "
    return {name.removeprefix(prefix): arrays[name] for name in arrays.files if name.startswith(prefix)}


def _variables(model: keras.Model) -> dict[str, Any]:
    kinds = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {
        f"{kind}-{number:05}": variable
        for kind, variables in kinds.items()
        for number, variable in enumerate(variables)
    }


def _unreadable(path: Path, error: Exception) -> TrainingError:
    return TrainingError(
        title="The saved state is unreadable",
        detail=f"{path.name} does not hold the state of this network: {in_short(error)}.",
        hint="Launch the run again from the start.",
    )
