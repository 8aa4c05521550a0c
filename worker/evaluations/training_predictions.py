"""Predicts the images that a run was trained on, without augmentation."""

from typing import Any

import numpy as np

from backend.evaluations.results import PROBABILITIES
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.evaluations.images import images_in, split_images
from worker.evaluations.model import BestModel
from worker.evaluations.output import Output

MAX_VALUES = 50_000_000  # probabilities that are kept: 100 MB as float16
MAX_SECONDS = 600


def compute_training_predictions(request: EvaluationRequest, output: Output) -> dict[str, Any]:
    """Saves the probabilities of the training images, float16 (n, classes)."""
    model = BestModel(request)
    most = images_in(MAX_SECONDS, model.network.multiplications, MAX_VALUES // model.keras_model.output_shape[-1])
    train = split_images(request.dataset_path, model.spec, "train", most)
    (probabilities,) = model.outputs(model.predictor(), train.images, output.progress)
    output.save(f"{PROBABILITIES}-train", probabilities.astype(np.float16))
    output.save("positions-train", train.positions)
    return {"stored_splits": {"train": train.stored_split}}
