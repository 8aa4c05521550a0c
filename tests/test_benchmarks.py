"""What the benchmarks compute; what they measure is measured by `make bench`."""

import json
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.board import AS_SHIPPED
from benchmarks.figure import Figure, percentile


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(200, 0, -1)]

    assert percentile(values, 99) == 198
    assert percentile(values, 50) == 100
    assert percentile([7.0], 99) == 7


@pytest.mark.parametrize(("value", "budget", "held"), [(0.849, 0.85, True), (0.851, 0.85, False), (0.9, None, None)])
def test_a_figure_says_whether_its_budget_held(value: float, budget: float | None, held: bool | None) -> None:
    line = json.loads(Figure("board ÷ notebook", value, "ratio", budget, {"pairs": 3}).as_line())

    assert line == {
        "name": "board ÷ notebook",
        "value": value,
        "unit": "ratio",
        "budget": budget,
        "held": held,
        "pairs": 3,
    }


def test_the_page_is_what_its_scripts_import_at_once(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text('<script src="/assets/index.js"></script><link href="/assets/page.css">')
    (assets / "index.js").write_text('import"./core.js";export const charts=()=>import("./plotly.js")')
    for name in ("core.js", "page.css", "plotly.js"):
        (assets / name).write_text("")

    needed = page.needed_at_once(tmp_path)

    assert sorted(file.name for file in needed) == ["core.js", "index.html", "index.js", "page.css"]


def test_the_board_is_measured_with_the_timings_of_production() -> None:
    assert AS_SHIPPED["EPOCHBOARD_LEASE_SECONDS"] == "30.0"
