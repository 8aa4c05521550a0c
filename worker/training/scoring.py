"""Scores the best model on the test split after a training that validated on a part of the training images."""

from pathlib import Path

import keras

from worker.training.files import Folder
from worker.training.report import TestScore
from worker.training.validation import Scorer, save_predictions


def score_test(model: keras.Model, best: Path, epoch: int, test: Scorer, folder: Folder) -> TestScore:
    """Loads the weights of `best`, saved after `epoch`, into `model` and scores it. The model keeps these weights."""
    model.load_weights(best)
    scores = test.scores()
    metrics = {"loss": scores.loss, "accuracy": scores.accuracy, "macro_f1": scores.macro_f1}
    return TestScore(epoch, metrics, save_predictions(folder, f"predictions-{epoch}-test.npz", scores.probabilities))
