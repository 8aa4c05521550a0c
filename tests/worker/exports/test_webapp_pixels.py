"""The pixels that the page of webapp.zip must make: vitest reads the file that this test compares with Pillow."""

import base64
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.datasets.pictures.decode import decode_image

CASES = Path(__file__).parents[3] / "frontend" / "src" / "webapp" / "decoding" / "pillow.json"


@pytest.mark.parametrize("case", json.loads(CASES.read_text()), ids=str)
def test_expected_pixels_are_those_of_predictions(case: dict[str, Any]) -> None:
    """`python -m tests.worker.exports.test_webapp_pixels` writes the expected pixels anew."""
    assert case["expected"] == expected(case)


def expected(case: dict[str, Any]) -> str:
    options = SimpleNamespace(image_size=case["side"], fit=case["fit"], color=case["color"])
    return base64.b64encode(decode_image(png(case["width"], case["height"]), options).tobytes()).decode()


def png(width: int, height: int) -> io.BytesIO:
    """Returns an image whose values the test in TypeScript makes by the same formula."""
    index = np.arange(width * height * 3, dtype=np.int64)
    values = (index * index * 7 + index * 13 + (index >> 5) * 91) % 256
    file = io.BytesIO()
    Image.fromarray(values.astype(np.uint8).reshape(height, width, 3)).save(file, "png")
    file.seek(0)
    return file


if __name__ == "__main__":
    cases = [{**case, "expected": expected(case)} for case in json.loads(CASES.read_text())]
    CASES.write_text("[\n" + ",\n".join(f"  {json.dumps(case)}" for case in cases) + "\n]\n")
