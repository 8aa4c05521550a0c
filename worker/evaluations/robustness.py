"""Scores a run's best model on disturbed validation images."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from backend.evaluations.disturbances import CLEAN, DISTURBANCES
from backend.evaluations.robustness import EXAMPLES
from worker.evaluations.disturb import DISTURB, Images
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.evaluations.images import images_in, split_images
from worker.evaluations.model import BestModel
from worker.evaluations.output import Output

MAX_IMAGES = 10_000
EXAMPLE_SIDE = 128  # pixels: more than the page shows
FORWARD_SECONDS = 5.0  # for one of the 26 passes over all images
MAX_PIXELS = 100_000_000  # of all images: disturbing a million takes about 0.05 s at each of the 25 strengths


def compute_robustness(request: EvaluationRequest, output: Output) -> dict[str, Any]:
    """Returns how many of the images are right: as they are, and under each disturbance at each strength."""
    model = BestModel(request)
    predict = model.predictor()
    images = split_images(request.dataset_path, model.spec, "validation", _most(model))
    right: dict[str, list[int]] = {}
    started = time.monotonic()
    for part in model.parts(len(images)):
        for name, disturbed in disturbed_images(images.images[part], part.start):
            (probabilities,) = predict(disturbed)
            hits = int((probabilities.argmax(axis=1) == images.labels[part]).sum())
            right.setdefault(name, []).append(hits)
        output.progress(part.stop / len(images))
    output.save(EXAMPLES, examples(images.images[0:1]))
    return {
        "images": len(images),
        "of": images.of,
        "seconds": round(time.monotonic() - started, 1),
        "right": {name: sum(hits) for name, hits in right.items()},
    }


def examples(image: Images) -> Images:
    """Returns one image (1, H, W, C) under each condition, in their order; of a large one, every n-th pixel."""
    step = -(-max(image.shape[1:3]) // EXAMPLE_SIDE)
    return np.concatenate([disturbed[:, ::step, ::step] for _, disturbed in disturbed_images(image, 0)])


def disturbed_images(images: Images, seed: int) -> Iterator[tuple[str, Images]]:
    """Yields the images as they are, named `clean`, and under each disturbance, named `blur-1` to `rotation-5`."""
    yield CLEAN, images
    for number, (name, disturbance) in enumerate(DISTURBANCES.items()):
        for strength, value in enumerate(disturbance.values, 1):
            yield f"{name}-{strength}", DISTURB[name](images, value, np.random.default_rng([seed, number, strength]))


def _most(model: BestModel) -> int:
    """Returns how many images end within some minutes, for large networks and for large images."""
    height, width, _ = model.network.image_shape
    most = max(1, min(MAX_IMAGES, MAX_PIXELS // (height * width)))
    return images_in(FORWARD_SECONDS, model.network.multiplications, most)
