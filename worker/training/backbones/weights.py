"""Gives a network the weights that its backbone learnt elsewhere."""

import pickle
from collections.abc import Callable
from pathlib import Path

import keras

from backend.files import hash_name, hash_of
from backend.phrases import in_bytes, in_short
from backend.planning.backbone_weights import weights_file
from backend.settings import Settings
from backend.spec import BackbonePart
from backend.spec.backbones import KerasApplication
from worker.datasets.progress import log_progress
from worker.errors import FetchFailed
from worker.training.errors import TrainingError
from worker.training.portable import efficientnet_lite0, keras_applications

READ_ERRORS = (OSError, ValueError, EOFError, KeyError, pickle.UnpicklingError)


def find_pretrained(backbone: BackbonePart, write_line: Callable[[str], object]) -> Path:
    """Returns the file of a backbone's weights, whose hash is the expected one. Keras' own is downloaded if needed.

    Raises:
        TrainingError: The file is missing and can't be downloaded, or is another one.
    """
    path = weights_file(backbone)
    if isinstance(backbone, KerasApplication):
        return _cached_or_fetched(backbone, path or Path(backbone.file), write_line)
    if path is None or not path.is_file():
        hint = f"It comes with the {backbone.source}: run `make setup` again."
        raise _unavailable(backbone, f"{backbone.file} is not on this machine", hint)
    if wrong := _wrong_hash(backbone, path):
        raise _unavailable(backbone, wrong, "Install it again.")
    return path


def set_pretrained(model: keras.Model, backbone: BackbonePart, path: Path) -> str:
    """Sets the weights of the backbone's layers in `model`; returns a line for the log.

    Raises:
        TrainingError: The file can't be read, or has the weights of another network.
    """
    reader = keras_applications if isinstance(backbone, KerasApplication) else efficientnet_lite0
    try:
        reader.set_weights(model, reader.read_weights(path))
    except READ_ERRORS as error:
        hint = "Delete it, so that it is downloaded or installed again."
        raise _unavailable(backbone, f"{path} can't be read ({in_short(error)})", hint) from error
    return f"{backbone.title} begins with what it learnt from {backbone.trained_on}"


def _cached_or_fetched(backbone: KerasApplication, path: Path, write_line: Callable[[str], object]) -> Path:
    from worker.datasets.fetching import fetch  # httpx, which most processes never need, takes 0.1 s to import

    wrong = _wrong_hash(backbone, path) if path.is_file() else ""
    if path.is_file() and not wrong:
        return path
    if wrong:
        write_line(f"{wrong}; downloading it again")
    mirror = Settings().mirror_url
    url = f"{mirror.rstrip('/')}/{backbone.file}" if mirror else backbone.address()
    try:
        fetch(url, path, backbone.digest, log_progress(write_line))
    except (FetchFailed, OSError) as error:
        raise _not_fetched(backbone, path, wrong, in_short(error)) from error
    return path


def _not_fetched(backbone: KerasApplication, path: Path, wrong: str, reason: str) -> TrainingError:
    there = wrong or f"{path.name} is not in {path.parent}"
    return _unavailable(
        backbone,
        f"{there}, and it could not be downloaded ({reason})",
        f"Connect this machine to the network, or download {backbone.address()} ({in_bytes(backbone.bytes)}) "
        f"elsewhere and add it with `epochboard weights add {backbone.backbone} {path.name}`, or save it as {path} "
        "(KERAS_HOME sets that folder); then launch the run again.",
    )


def _wrong_hash(backbone: BackbonePart, path: Path) -> str:
    """Returns what is wrong with a file whose hash is not the expected one; empty if it is."""
    name = hash_name(backbone.digest)
    actual = hash_of(path, name)
    return "" if actual == backbone.digest else f"{path} has the {name} {actual}, expected is {backbone.digest}"


def _unavailable(backbone: BackbonePart, detail: str, hint: str) -> TrainingError:
    return TrainingError(title=f"The weights of {backbone.title} are missing", detail=f"{detail}.", hint=hint)
