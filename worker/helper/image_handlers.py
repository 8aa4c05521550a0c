"""Handles the helper's requests about one stored image of a run: attention, layers, and what-if."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backend.datasets.preprocessing import Preprocessing
from backend.datasets.store import StoredDataset
from backend.samples.changes import Changes, ranges
from worker.helper.models import MODEL_DAMAGED, OUTPUT_IS_NAN, Response, data_url, models

if TYPE_CHECKING:
    from worker.training.data.scaling import PixelScaling
    from worker.training.inference.prediction import LoadedModel

MAX_DRAWN_SIDE = 512  # pixels of an attention map, which is smooth: larger ones take long to encode
NO_CONVOLUTION = "This network has no convolution"


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
    """Returns `{"model_replaced": true}` if the model's file does not exist any more."""
    from worker.training.inference.prediction import ModelDamaged, NotANumber

    try:
        return answer(Question(data_dir, request))
    except FileNotFoundError:
        return {"model_replaced": True}
    except ModelDamaged:
        return {"unavailable": MODEL_DAMAGED}
    except NotANumber:
        return {"invalid": OUTPUT_IS_NAN}


def _attention(question: Question) -> Response:
    from worker.training.inference import attention
    from worker.training.inference.scores import Scores

    scores = question.model.derived(Scores)
    label = question.request["label"]
    label = int(scores(question.scaled)[0].argmax()) if label is None else label
    size = tuple(min(side, MAX_DRAWN_SIDE) for side in question.pixels.shape[:2])
    try:
        grad_cam = question.model.derived(attention.GradCam)
    except attention.NoConvolution:
        grad_cam = None
    if question.request["method"] == "gradcam":
        if grad_cam is None:
            return {"refused": f"{NO_CONVOLUTION}, so there is no Grad-CAM. Occlusion works for every network."}
        values, agreement = grad_cam(question.scaled, label), None
    else:
        values = attention.occlusion(scores, question.scaled, label)
        other = grad_cam(question.scaled, label) if grad_cam else None
        agreement = (
            attention.correlation(attention.resized(values, *size), attention.resized(other, *size))
            if other is not None
            else None
        )
    drawn = np.rint(255 * np.clip(attention.resized(values, *size), 0, 1)).astype(np.uint8)
    return {
        "label": label,
        "layer": grad_cam.layer if grad_cam and question.request["method"] == "gradcam" else None,
        "height": values.shape[0],
        "width": values.shape[1],
        "half_area": attention.half_area(values),
        "agreement": agreement,
        "image": data_url(np.dstack([np.full_like(drawn, 255), drawn])),
    }


def _features(question: Question) -> Response:
    from worker.training.inference import layers

    network = question.model.derived(layers.graph)
    if not network.convolutions:
        return {"refused": f"{NO_CONVOLUTION}, so it has no filters and no feature maps."}
    names = [layer.name for layer, _ in network.convolutions]
    name = question.request["layer"] or names[0]
    if name not in names:
        return {"invalid": f"There is no convolution of this name; the network has {', '.join(names)}."}
    layer, output = network.convolutions[names.index(name)]
    maps = layers.feature_maps(network, output, question.scaled)
    return {
        "layers": [_layer(*convolution) for convolution in network.convolutions],
        "layer": name,
        "maps": [{"channel": n, "strongest": value, "image": data_url(pixels)} for n, value, pixels in maps],
        "filters": [data_url(pixels) for pixels in layers.filters(layer)],
    }


def _layer(layer: Any, output: Any) -> dict[str, Any]:
    _, height, width, channels = output.shape
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
