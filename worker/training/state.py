"""All that a training needs to go on after an epoch as if nothing had happened.

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

from worker.training.errors import TrainingError
from worker.training.files import Folder
from worker.training.report import SavedFile


class Keeper(Protocol):
    """A callback that remembers something from epoch to epoch: plain values that JSON can hold, and arrays."""

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


def save_state(folder: Folder, model: keras.Model, epoch: int, keepers: Mapping[str, Keeper]) -> SavedFile:
    arrays = {name: variable.numpy() for name, variable in _variables(model).items()}
    notes: dict[str, Any] = {"epoch": epoch, "callbacks": {}}
    for name, keeper in keepers.items():
        kept = keeper.state()
        notes["callbacks"][name] = {key: value for key, value in kept.items() if not isinstance(value, np.ndarray)}
        arrays |= {f"{name} {key}": value for key, value in kept.items() if isinstance(value, np.ndarray)}
    arrays["notes"] = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    return folder.save(f"state-{epoch}.npz", lambda file: np.savez(file, **arrays))


def restore_state(path: Path, model: keras.Model, keepers: Mapping[str, Keeper]) -> int:
    """Set model, optimizer and callbacks to what `path` holds, and return its epoch. The model is compiled."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            notes = json.loads(arrays["notes"].tobytes())
            for name, variable in _variables(model).items():
                variable.assign(arrays[name])
            for name, keeper in keepers.items():
                keeper.restore({**notes["callbacks"][name], **_arrays_of(name, arrays)})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from error
    return int(notes["epoch"])


def _arrays_of(keeper: str, arrays: Any) -> dict[str, Any]:
    prefix = f"{keeper} "
    return {name.removeprefix(prefix): arrays[name] for name in arrays.files if name.startswith(prefix)}


def _variables(model: keras.Model) -> dict[str, Any]:
    kinds = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {f"{kind}-{n:05}": v for kind, variables in kinds.items() for n, v in enumerate(variables)}


def _unreadable(path: Path, error: Exception) -> TrainingError:
    return TrainingError(
        title="The saved state can't be read",
        detail=f"{path.name} does not hold the state of this network: {error}.",
        hint="Launch the run again from the start.",
    )
