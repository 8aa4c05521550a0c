"""Predict with this model: `python predict.py IMAGE…`, or prove it: `python predict.py --prove`.

The files next to this one: best.keras, preprocessing.json (how an image is decoded and scaled), classes.json (the class
names in the order of the model's output), answering.json (the temperature that scales its probabilities, and how sure
it must be to answer). Install what requirements.txt lists: `pip install -r requirements.txt`.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from decode import UndecodableImage, decode_image
from PIL import Image

HERE = Path(__file__).parent
TOP = 5
TIMED_PREDICTIONS = 20  # at least
TIMED_SECONDS = 1.0  # at least, because what else runs on this machine comes and goes
SMALLEST = np.float32(1e-30)  # a probability of 0 has no logarithm


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE")
    parser.add_argument("--prove", action="store_true", help="predict the enclosed images and compare with the board")
    arguments = parser.parse_args()
    if arguments.prove:
        return prove()
    if not arguments.images:
        parser.error("name one image or more")
    return print_predictions(arguments.images)


def print_predictions(paths: list[Path]) -> int:
    """Prints the likeliest classes of each image; returns 1 if an image can't be read."""
    model, classes, threshold = load_model(), read_json("classes.json"), read_json("answering.json")["threshold"] or 0
    exit_code = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                pixels = decode_image(file, decode_options(), value_range())
        except (OSError, UndecodableImage) as error:
            print(f"{path}: {error}", file=sys.stderr)
            exit_code = 1
            continue
        probabilities = scaled(predict(model, pixels[None]))[0]
        likeliest = np.argsort(-probabilities, kind="stable")[:TOP]
        text = ", ".join(f"{classes[label]} {probabilities[label]:.4f}" for label in likeliest)
        print(f"{path}: {text}" if probabilities.max() >= threshold else f"{path}: not sure ({text})")
    return exit_code


def load_model() -> keras.Model:
    return keras.saving.load_model(HERE / "best.keras", compile=False)


def predict(model: keras.Model, pixels: Any) -> Any:
    """Returns probabilities of shape (n, classes) for images of shape (n, H, W, C) with values from 0 to 255."""
    return np.asarray(model.predict(scale(pixels), verbose=0))


def scaled(probabilities: Any) -> Any:
    """Returns probabilities whose logits are divided by the temperature; without one, the same probabilities."""
    temperature = read_json("answering.json")["temperature"]
    if temperature is None:
        return probabilities
    logits = np.log(np.maximum(probabilities, SMALLEST)) / np.float32(temperature)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def scale(pixels: Any) -> Any:
    """Scales pixels as the training did, in float32."""
    preprocessing = read_json("preprocessing.json")
    values = pixels.astype(np.float32)
    if preprocessing["scaling"] == "standard":
        statistics = preprocessing["statistics"]
        mean, deviation = (np.asarray(statistics[name], np.float32) for name in ("mean", "deviation"))
        return (values - mean) / deviation
    if preprocessing["scaling"] == "unit":
        return values / np.float32(255)
    return values / np.float32(127.5) - np.float32(1) if preprocessing["scaling"] == "signed" else values


def prove() -> int:
    """Predicts the enclosed validation images and compares with the probabilities stored during training.

    Also prints the milliseconds of one prediction on this machine.
    """
    samples, shape = read_json("samples/samples.json"), read_json("preprocessing.json")["image_shape"]
    images = [np.asarray(Image.open(HERE / "samples" / name)) for name in samples["images"]]
    model, pixels = load_model(), np.stack(images).reshape(len(images), *shape)
    probabilities = predict(model, pixels)
    print(f"one prediction: {milliseconds(model, scale(pixels[:1])):.3g} ms")
    difference = float(np.abs(probabilities - np.asarray(samples["probabilities"])).max())
    print(f"{len(images)} images, largest difference {difference:.2g}, allowed {samples['tolerance']:g}")
    return 0 if difference <= samples["tolerance"] and answers_agree(probabilities, samples) else 1


def answers_agree(probabilities: Any, samples: Any) -> bool:
    """Compares the scaled probabilities, which answers are made of, with the enclosed ones."""
    difference = float(np.abs(scaled(probabilities) - np.asarray(samples["answers"])).max())
    if difference > samples["answer_tolerance"]:
        print(f"scaled, largest difference {difference:.2g}, allowed {samples['answer_tolerance']:g}")
    return bool(difference <= samples["answer_tolerance"])


def milliseconds(model: keras.Model, image: Any) -> float:
    """Returns the shortest time of predicting one scaled image, of shape (1, H, W, C).

    Others are lengthened by what else runs on this machine.
    """
    model.predict_on_batch(image)  # the first prediction compiles the graph
    seconds, begun = list[float](), time.perf_counter()
    while len(seconds) < TIMED_PREDICTIONS or time.perf_counter() - begun < TIMED_SECONDS:
        started = time.perf_counter()
        model.predict_on_batch(image)
        seconds.append(time.perf_counter() - started)
    return min(seconds) * 1e3


def decode_options() -> SimpleNamespace:
    preprocessing = read_json("preprocessing.json")
    side, _, channels = preprocessing["image_shape"]
    color = "grayscale" if channels == 1 else "rgb"
    return SimpleNamespace(image_size=side, fit=preprocessing["fit"], color=color)


def value_range() -> tuple[float, float] | None:
    """Returns which values of an image with more than 8 bits become black and white; None for all of 16 bits."""
    ends = read_json("preprocessing.json")["value_range"]
    return tuple(ends) if ends else None


def read_json(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
