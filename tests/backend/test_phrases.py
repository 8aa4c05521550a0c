"""How messages write what others have written."""

import pytest

from backend.phrases import in_short


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
