"""Predict with this model: `python predict.py IMAGE…`, or prove it: `python predict.py --prove`.

Everything is beside this file: best.keras, preprocessing.json (what becomes of a picture first), classes.json (what the
answers mean, in their order). Needs what requirements.txt lists: `pip install -r requirements.txt`.
"""

import argparse
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from pictures import NotAPicture, read_picture
from PIL import Image

HERE = Path(__file__).parent
TOP = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE")
    parser.add_argument("--prove", action="store_true", help="predict the enclosed images and compare with the board")
    given = parser.parse_args()
    if given.prove:
        return prove()
    if not given.images:
        parser.error("name one image or more")
    return show(given.images)


def show(paths: list[Path]) -> int:
    """Print what the model takes each picture for; 1 where one can't be read."""
    model, classes = load(), read("classes.json")
    failed = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                pixels = read_picture(file, options())
        except (OSError, NotAPicture) as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = 1
            continue
        answer = predict(model, pixels[None])[0]
        likeliest = np.argsort(-answer, kind="stable")[:TOP]
        print(f"{path}: " + ", ".join(f"{classes[place]} {answer[place]:.4f}" for place in likeliest))
    return failed


def load() -> keras.Model:
    return keras.saving.load_model(HERE / "best.keras", compile=False)


def predict(model: keras.Model, pixels: Any) -> Any:
    """Probabilities of all classes, N × classes, for pictures with values from 0 to 255, N × H × W × C."""
    return np.asarray(model.predict(scaled(pixels), verbose=0))


def scaled(pixels: Any) -> Any:
    """As in training, in float32."""
    given = read("preprocessing.json")
    values = pixels.astype(np.float32)
    if given["scaling"] == "standard":
        mean, deviation = (np.asarray(given["statistics"][name], np.float32) for name in ("mean", "deviation"))
        return (values - mean) / deviation
    if given["scaling"] == "unit":
        return values / np.float32(255)
    return values / np.float32(127.5) - np.float32(1) if given["scaling"] == "signed" else values


def prove() -> int:
    """Predict the enclosed validation images and compare with what the board stored when it was trained."""
    samples, shape = read("samples/samples.json"), read("preprocessing.json")["image_shape"]
    pictures = [np.asarray(Image.open(HERE / "samples" / name)) for name in samples["images"]]
    answers = predict(load(), np.stack(pictures).reshape(len(pictures), *shape))
    difference = float(np.abs(answers - np.asarray(samples["probabilities"])).max())
    print(f"{len(pictures)} images, largest difference {difference:.2g}, allowed {samples['tolerance']:g}")
    return 0 if difference <= samples["tolerance"] else 1


def options() -> SimpleNamespace:
    given = read("preprocessing.json")
    side, _, channels = given["image_shape"]
    return SimpleNamespace(image_size=side, fit=given["fit"], color="grayscale" if channels == 1 else "rgb")


def read(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
