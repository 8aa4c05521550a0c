"""Proves a webapp.zip in Chromium: `python -m worker.exports.webapp_proof FILE FOLDER TOLERANCE CHROMIUM`.

The page is opened from the unpacked folder, without a server, and predicts the images of `FOLDER`/samples.npz. The exit
code is 1 if a probability differs by more than `TOLERANCE` from the stored one.
"""

import base64
import json
import statistics
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from backend.datasets.images import encode_png
from worker.exports.chromium import PageError, opened_page

PREDICT = """(async (images) => {
  const answers = []
  for (const image of images) {
    const file = new Blob([Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0))])
    const start = performance.now()
    const probabilities = Array.from(await epochboard.predict(file))
    answers.push({ probabilities, milliseconds: performance.now() - start })
  }
  return answers
})"""


def main() -> int:
    file, folder, tolerance, chromium = sys.argv[1:]
    with np.load(Path(folder) / "samples.npz") as samples:
        images, expected = samples["images"], samples["probabilities"]
    with zipfile.ZipFile(file) as archive:
        archive.extractall(Path(folder) / "page")
    try:
        browser, answers = predictions(chromium, Path(folder) / "page" / "index.html", images)
    except PageError as error:
        print(f"the page could not predict in {chromium}: {error}")
        return 1
    difference = float(np.abs(np.array([answer["probabilities"] for answer in answers]) - expected).max())
    print(f"one prediction: {statistics.median(answer['milliseconds'] for answer in answers):.3g} ms")
    print(f"{len(images)} images in {browser}, largest difference {difference:.2g}, allowed {float(tolerance):g}")
    return 0 if difference <= float(tolerance) else 1


def predictions(chromium: str, page: Path, images: Any) -> tuple[str, list[dict[str, Any]]]:
    """Returns the browser's name and version, and its answer for each image."""
    encoded = [base64.b64encode(encode_png(images, index)).decode() for index in range(len(images))]
    with opened_page(chromium, page.as_uri()) as opened:
        return opened.browser, opened.evaluate(f"{PREDICT}({json.dumps(encoded)})")


if __name__ == "__main__":
    sys.exit(main())
