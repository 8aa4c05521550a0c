"""Handles the helper's requests, one function per `kind`, in the helper process (`worker.helper.__main__`)."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.datasets.pictures.decode import Pixels, UndecodableImage, decode_image
from backend.datasets.pictures.file_kinds import HEAD_BYTES, UNKNOWN, kind_of
from backend.datasets.pictures.preprocessing import Preprocessing
from backend.datasets.store import StoredDataset
from backend.phrases import in_short
from backend.spec import RunSpec
from worker.helper import image_handlers
from worker.helper.models import Response, data_url, models, with_model_errors


def warm_up() -> None:
    """Imports Keras and traces a small model, so that the first request does not wait for that."""
    from worker.training.preload import quick_imports

    with quick_imports():
        import worker.training.inference.preview  # noqa: F401
        from worker.training.inference.prediction import warm

    warm()


def handle(data_dir: Path, request: dict[str, Any]) -> Response:
    """Returns the response to a request; `{"invalid": …}` or `{"unavailable": …}`, with a sentence, if it failed.

    `invalid` is the client's error (status 422), `unavailable` the worker's (503).
    """
    try:
        return HANDLERS[request["kind"]](data_dir, request)
    except Exception as error:
        logging.exception("helper request %r failed", request.get("kind"))
        return {"unavailable": f"The worker's helper failed: {in_short(error)}"}


def preview(data_dir: Path, request: dict[str, Any]) -> Response:
    """Returns 16 training images of the dataset in `folder`, augmented as in `spec`, as data URLs."""
    from worker.training.inference.preview import augmented

    dataset = StoredDataset.open(data_dir / request["folder"])
    images = augmented(RunSpec.model_validate(request["spec"]), dataset, request["seed"])
    return {"images": [data_url(image) for image in images]}


def learning_rate_range(data_dir: Path, request: dict[str, Any]) -> Response:
    """Trains 100 steps of `spec` at growing rates, within `seconds`; returns `learning_rates` and `losses`.

    `initial` is the model whose weights it begins with, or null.
    """
    from worker.training.errors import TrainingError
    from worker.training.inference.learning_rate_range import range_test

    dataset = StoredDataset.open(data_dir / request["folder"])
    initial = data_dir / request["initial"] if request["initial"] else None
    try:
        return range_test(RunSpec.model_validate(request["spec"]), dataset, request["seconds"], initial)
    except TrainingError as error:
        return {"invalid": f"{error.detail} {error.hint}"}


def predict(data_dir: Path, request: dict[str, Any]) -> Response:
    """Predicts the class of the file `image`: `top` has [label, probability], `seen` is the decoded image.

    Without `seen` in the request it is None: Redis, which passes the response on, then writes no picture to its log.
    """
    try:
        return with_model_errors(lambda: _predict(data_dir, request))
    except UndecodableImage as error:
        return {"invalid": f"This picture can't be used: {error}."}


def _predict(data_dir: Path, request: dict[str, Any]) -> Response:
    from worker.training.inference.prediction import likeliest, probabilities

    preprocessing = Preprocessing.model_validate({"classes": [], **request["preprocessing"]})
    pixels = _decode(data_dir / request["image"], preprocessing)
    model = models().get(data_dir / request["model"]["path"], request["model"]["sha256"])
    top = likeliest(probabilities(model.forward, pixels, preprocessing), request["top"])
    return {"top": top, "seen": data_url(pixels) if request["seen"] else None}


def _decode(path: Path, preprocessing: Preprocessing) -> Pixels:
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD_BYTES))
        if not kind.is_image and kind is not UNKNOWN:
            raise UndecodableImage(kind.reason)
        return decode_image(file, preprocessing.options, preprocessing.value_range)


HANDLERS: dict[str, Callable[[Path, dict[str, Any]], Response]] = {
    "preview": preview,
    "predict": predict,
    "learning_rate_range": learning_rate_range,
    "attention": image_handlers.attention,
    "features": image_handlers.features,
    "what_if": image_handlers.what_if,
}
