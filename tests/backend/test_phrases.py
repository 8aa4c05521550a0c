"""How messages write numbers, and what others have written."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.phrases import in_bytes, in_percent, in_short, percent

EXAMPLES = Path(__file__).parents[2] / "frontend" / "src" / "lib" / "text"
PERCENTAGES = json.loads((EXAMPLES / "percentages.json").read_text())
FILE_SIZES = json.loads((EXAMPLES / "file-sizes.json").read_text())


@pytest.mark.parametrize("case", PERCENTAGES, ids=str)
def test_a_percentage_is_written_as_the_page_writes_it(case: dict[str, Any]) -> None:
    assert percent(case["share"], case["digits"]) == case["text"]


@pytest.mark.parametrize("case", FILE_SIZES, ids=str)
def test_a_size_in_bytes_is_written_as_the_page_writes_it(case: dict[str, Any]) -> None:
    assert in_bytes(case["bytes"]) == case["text"]


def test_a_range_has_its_sign_once() -> None:
    assert f"{in_percent(0.8815)} to {percent(0.91)}" == "88.2 to 91.0%"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Error 2 connecting to unix:///run/board/valkey.sock", "Error 2 connecting to unix:///run/board/valkey.sock"),
        ("No such file: '/srv/data/runs/ab/best-3.keras'", "No such file: 'best-3.keras'"),
        ("/srv/data/x.npy is torn\nTraceback …", "x.npy is torn"),
        ("https://host.example/data/train.gz: 404", "https://host.example/data/train.gz: 404"),
        ("image/png or T-shirt/top, 1/2", "image/png or T-shirt/top, 1/2"),
        ("datasets/fashion-mnist/train.gz", "datasets/fashion-mnist/train.gz"),
        ("", "ValueError"),
        ("x" * 500, "x" * 400 + "…"),
    ],
)
def test_an_exception_in_short_is_one_line_without_absolute_paths(message: str, expected: str) -> None:
    assert in_short(ValueError(message)) == expected
