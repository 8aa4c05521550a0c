"""Handles the helper's requests about one stored image of a run: attention, layers, and what-if."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from backend.datasets.pictures.preprocessing import Preprocessing
from backend.datasets.store import StoredDataset
from backend.samples.changes import Changes, ranges
from worker.helper.models import Response, data_url, models, with_model_errors

if TYPE_CHECKING:
    from worker.training.data.scaling import PixelScaling
    from worker.training.inference.prediction import LoadedModel

MAX_DRAWN_SIDE = 512  # pixels of an attention map, which is smooth: larger ones take long to encode
NO_CONVOLUTION = (
    "This network has no convolution, so there are no feature maps and no Grad-CAM. Occlusion works for every network."
)


class Question:
    """One stored image, uint8 (H, W, C), with its run's model and scaling."""

    def __init__(self, data_dir: Path, request: dict[str, Any]) -> None:
        from worker.training.inference.prediction import scaling

        self.request = request
        self.model: LoadedModel = models().get(data_dir / request["model"]["path"], request["model"]["sha256"])
        preprocessing = Preprocessing.model_validate({"classes": [], **request["preprocessing"]})
        self.scaling: PixelScaling = scaling(preprocessing)
        self.pixels = StoredDataset.open(data_dir / request["folder"]).images(request["split"])[request["index"]]
        self.scaled = np.asarray(self.scaling(self.pixels[None]))


def attention(data_dir: Path, request: dict[str, Any]) -> Response:
    """Returns the map of `method` for the class `label`, or for the likeliest one."""
    return _answered(data_dir, request, _attention)


def features(data_dir: Path, request: dict[str, Any]) -> Response:
    """Returns the convolutions, the image's maps at `layer` (the first one if None), and that layer's filters."""
    return _answered(data_dir, request, _features)


def what_if(data_dir: Path, request: dict[str, Any]) -> Response:
    """Returns the likeliest classes of the image with `changes`, that image, and the sliders' bands if requested."""
    return _answered(data_dir, request, _what_if)


def _answered(data_dir: Path, request: dict[str, Any], answer: Callable[[Question], Response]) -> Response:
    from worker.training.inference.graph import NoConvolution

    try:
        return with_model_errors(lambda: answer(Question(data_dir, request)))
    except NoConvolution:
        return {"refused": NO_CONVOLUTION}


def _attention(question: Question) -> Response:
    from worker.training.inference import attention
    from worker.training.inference.scores import Scores

    scores, label = question.model.derived(Scores), question.request["label"]
    label = int(scores(question.scaled)[0].argmax()) if label is None else label
    if question.request["method"] == "gradcam":
        grad_cam = question.model.derived(attention.GradCam)
        return {**_drawn(question, grad_cam(question.scaled, label)), "label": label, "layer": grad_cam.layer}
    values = attention.occlusion(scores, question.scaled, label)
    return {**_drawn(question, values), "label": label, "agreement": _agreement(question, label, values)}


def _drawn(question: Question, values: npt.NDArray[np.float32]) -> Response:
    from worker.training.inference.attention import half_area, resized

    height, width = (min(side, MAX_DRAWN_SIDE) for side in question.pixels.shape[:2])
    opacity = np.rint(255 * np.clip(resized(values, height, width), 0, 1)).astype(np.uint8)
    return {
        "layer": None,
        "height": values.shape[0],
        "width": values.shape[1],
        "half_area": half_area(values),
        "agreement": None,
        "image": data_url(np.dstack([np.full_like(opacity, 255), opacity])),
    }


def _agreement(question: Question, label: int, values: npt.NDArray[np.float32]) -> float | None:
    """Returns the correlation of an occlusion map with Grad-CAM; None if the network has none, or a map is constant."""
    from worker.training.inference.attention import GradCam, correlation, resized
    from worker.training.inference.graph import NoConvolution

    try:
        other = question.model.derived(GradCam)(question.scaled, label)
    except NoConvolution:
        return None
    return correlation(values, resized(other, *values.shape))


def _features(question: Question) -> Response:
    from worker.training.inference import layers

    maps = question.model.derived(layers.FeatureMaps)
    name = question.request["layer"] or next(iter(maps.layers))
    if name not in maps.layers:
        return {"invalid": f"There is no convolution of this name; the network has {', '.join(maps.layers)}."}
    found = maps(name, question.scaled)
    return {
        "layers": [_layer(*layer) for layer in maps.layers.values()],
        "layer": name,
        "maps": [{"channel": n, "strongest": value, "image": data_url(pixels)} for n, value, pixels in found],
        "filters": [data_url(pixels) for pixels in layers.filters(maps.layers[name][0])],
    }


def _layer(layer: Any, shape: tuple[int, int, int]) -> dict[str, Any]:
    height, width, channels = shape
    return {"name": layer.name, "type": type(layer).__name__, "height": height, "width": width, "channels": channels}


def _what_if(question: Question) -> Response:
    from worker.training.inference import what_if
    from worker.training.inference.prediction import likeliest
    from worker.training.inference.scores import Scores

    changes = Changes(**question.request["changes"])
    scores = question.model.derived(Scores)
    image = what_if.changed(question.pixels, changes)
    response: Response = {
        "top": likeliest(np.exp(scores(np.asarray(question.scaling(image[None])))[0])),
        "image": data_url(image),
    }
    if question.request["bands"]:
        limits = ranges(*question.pixels.shape[:2])
        found = what_if.bands(scores, question.scaling, question.pixels, changes, limits)
        response["bands"] = {name: [asdict(band) for band in row] for name, row in found.items()}
    return response
