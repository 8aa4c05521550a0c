"""CSV that we write: no spreadsheet runs a text in it as a formula, and programs read what was written."""

import csv
import io
import re
from pathlib import Path

import pytest

from backend.csv_text import csv_lines


@pytest.mark.parametrize(
    "text", ["=SUM(A1)", "+1", "-1+2", "@cmd", "\t=1", "\r=1", "＝1", "a;=SUM(A1)", "a\t=1", "a\n@b"]
)
def test_a_text_that_would_be_a_formula_has_an_apostrophe_before_it(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_lines([[text]]), newline=""))

    pieces = re.split("[;\t\n]", row[0].replace("\r", "\n"))

    assert not any(piece.startswith(tuple("=+-@＝")) for piece in pieces)
    assert row[0].replace("'", "") == text


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    assert csv_lines([["a", None, True, 3, 0.1, -2.5], ['5" of, it', "né", "1; 2", "x", "", "a-b"]]) == (
        'a,,true,3,0.1,-2.5\n"5"" of, it",né,"1; 2",x,,a-b\n'
    )


def test_all_csv_of_the_service_is_written_here() -> None:
    writers = [path for path in Path("backend").rglob("*.py") if re.search(r"csv\.(Dict)?[wW]riter", path.read_text())]

    assert writers == []
