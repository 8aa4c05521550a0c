"""Trains a recipe as the notebook's own code does: float arrays, plain `fit` with validation inside.

The last line of output is JSON: `seconds` of `fit`, and the best `val_accuracy`.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from benchmarks.notebook.networks import NETWORKS, callbacks


def main() -> None:
    options = parse()
    keras.utils.set_random_seed(options.seed)
    seconds, accuracies = train(options)
    print(json.dumps({"seconds": round(seconds, 2), "val_accuracy": max(accuracies)}))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=NETWORKS)
    parser.add_argument("--images", type=Path, required=True, help="folder with {train,test}-{images,labels}.npy")
    parser.add_argument("--train-limit", type=int, default=None)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def train(options: argparse.Namespace) -> tuple[float, list[float]]:
    """Returns the seconds of `fit`, and the validation accuracy of each epoch."""
    x_train, y_train = load_split(options.images, "train", options.train_limit)
    x_test, y_test = load_split(options.images, "test", None)
    model = NETWORKS[options.recipe](x_train.shape[1:])
    if model.loss == "categorical_crossentropy":
        y_train, y_test = keras.utils.to_categorical(y_train, 10), keras.utils.to_categorical(y_test, 10)

    started = time.perf_counter()
    history = model.fit(
        *fit_arguments(options.recipe, x_train, y_train),
        validation_data=(x_test, y_test),
        epochs=options.epochs,
        callbacks=callbacks(options.recipe),
        verbose=2,
    )
    return time.perf_counter() - started, history.history["val_accuracy"]


def load_split(folder: Path, name: str, limit: int | None) -> tuple[Any, Any]:
    images, labels = np.load(folder / f"{name}-images.npy"), np.load(folder / f"{name}-labels.npy")
    return images[:limit] / 255.0, labels[:limit].astype(np.int64)


def fit_arguments(recipe: str, images: Any, labels: Any) -> list[Any]:
    """Returns the arrays, or for the augmented recipe the tutorial's generator."""
    if recipe != "cifar-augmented":
        return [images, labels]
    generator = ImageDataGenerator(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
    return [generator.flow(images, labels, batch_size=32)]


if __name__ == "__main__":
    main()
