"""What an evaluation's process writes: arrays with their SHA-256, and its progress."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.files import save_file

Progress = Callable[[float], object]


class NotComputable(Exception):
    """An evaluation can't be computed; the message is a sentence for people."""


@dataclass(frozen=True)
class Output:
    """`progress` takes a number from 0 to 1. `files` has the SHA-256 of each saved file by its name."""

    folder: Path
    progress: Progress
    files: dict[str, str] = field(default_factory=dict)

    def save(self, name: str, array: npt.NDArray[Any]) -> None:
        """Saves an array to `<name>.npy`, complete and synced."""
        self.folder.mkdir(parents=True, exist_ok=True)
        saved = save_file(self.folder / f"{name}.npy", lambda path: np.save(path, array))
        self.files[saved.path.name] = saved.sha256

    def part(self, start: float, end: float) -> Progress:
        """Returns a callback for a part of the work, which itself goes from 0 to 1."""
        return lambda share: self.progress(start + share * (end - start))


def print_progress(share: float) -> None:
    print(json.dumps({"progress": round(share, 3)}), flush=True)
