"""The benchmarks as code: what they compute, what they leave out, and a tiny run of each; `make bench` measures."""

import importlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as program
from benchmarks import clone, page
from benchmarks.measuring.board import PRODUCTION, Board, running_board
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import CIFAR, FASHION, Options, is_cached

SMOKE = Options(smoke=True, pairs=1, recipes=("cifar-strided",))
WITH_A_BOARD = [name for name in program.NAMES if name not in ("page", "start")]


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


def test_the_page_consists_of_the_files_that_its_scripts_import_statically(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text('<script src="/assets/index.js"></script><link href="/assets/page.css">')
    (assets / "index.js").write_text('import"./core.js";export const charts=()=>import("./plotly.js")')
    (assets / "Runs-a1.js").write_text('import{a}from"./core.js"')
    for name in ("core.js", "page.css", "Runs-b2.css", "plotly.js"):
        (assets / name).write_text("")

    files = page.sizes.initial_files(tmp_path)

    names = sorted(file.name for file in files)
    assert names == ["Runs-a1.js", "Runs-b2.css", "core.js", "index.html", "index.js", "page.css"]


def test_the_parts_of_a_bare_clone_are_read_from_what_make_up_prints() -> None:
    seconds_of = {
        "Installing the page's packages …": 0.1,
        "Making .venv with /usr/bin/python3.11 …": 0.2,
        "Installing the Python packages of requirements/cpu.txt …": 3.0,
        "Installing the page's packages: done in 4 s.": 4.1,
        "Building the page …": 4.1,
        "Building the page: done in 7 s.": 11.1,
        "Installed the Python packages in 15 s.": 18.0,
        "board | ready at http://127.0.0.1:8000": 20.0,
    }

    assert clone.parts(seconds_of) == pytest.approx(
        {"environment": 2.8, "Python packages": 15.0, "npm packages": 4.0, "page built": 7.0, "start": 2.0}
    )


def test_the_board_is_measured_with_the_timings_of_production() -> None:
    assert PRODUCTION["EPOCHBOARD_LEASE_SECONDS"] == "30"


@pytest.fixture
def no_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def touch(keras_home: Path, *names: str) -> None:
    for name in names:
        path = keras_home / "datasets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.usefixtures("no_images")
def test_images_are_available_from_the_cache_of_keras_or_a_zip(tmp_path: Path) -> None:
    assert not is_cached(FASHION)
    assert not Options().has_images(CIFAR)
    assert Options(photos=tmp_path / "photos.zip").has_images(CIFAR)
    assert not Options(photos=tmp_path / "photos.zip").has_images(FASHION)

    touch(tmp_path / "keras", *(f"fashion-mnist/{part}.gz" for part in FASHION_FILES), "cifar-10-batches-py.tar.gz")

    assert Options().has_images(FASHION)
    assert Options().has_images(CIFAR)
    assert not Options(offline=True).has_images(FASHION)


FASHION_FILES = tuple(f"{split}-{kind}-ubyte" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


@pytest.mark.usefixtures("no_images")
def test_missing_images_are_named_in_one_line_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[str] = []
    monkeypatch.setattr(program, "importlib", SimpleNamespace(import_module=lambda name: Stub(name, measured)))

    assert program.main([]) == 0

    left_out = ("fashion", "recipes")
    assert measured == [f"benchmarks.{name}" for name in program.NAMES if name not in left_out]
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert message.startswith("left out of launch, saving, fashion, recipes: Fashion-MNIST is not on this machine")
    assert "KERAS_HOME=" in message
    assert "--photos ZIP" in message


@pytest.mark.usefixtures("no_images")
def test_a_benchmark_that_is_named_and_has_no_images_fails_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["fashion"]) == 2
    assert program.main(["fashion", "recipes", "--offline"]) == 2

    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("left out of fashion: Fashion-MNIST is not on this machine: set KERAS_HOME=")
    assert second == "left out of fashion, recipes: --offline leaves out all images"


@pytest.mark.parametrize("arguments", [["fly"], ["recipes", "--photos", "nowhere.zip"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        program.main(arguments)
    assert exit_info.value.code == 2


class Stub:
    """A benchmark that records its name and measures nothing."""

    def __init__(self, name: str, measured: list[str]) -> None:
        self._name = name
        self._measured = measured

    def figures(self, _options: Options) -> list[Figure]:
        self._measured.append(self._name)
        return []


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """One board for all smoke runs; bundles would take longer than what is run."""
    with running_board(SMOKE, EPOCHBOARD_EXPORTS="false") as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_A_BOARD)
def test_a_benchmark_yields_figures_with_a_unit(name: str, board: Board) -> None:
    check(list(importlib.import_module(f"benchmarks.{name}").measure(board, SMOKE)))


@pytest.mark.slow
def test_the_benchmark_of_the_start_yields_figures_with_a_unit() -> None:
    check(list(importlib.import_module("benchmarks.start").figures(SMOKE)))


@pytest.mark.slow
def test_the_benchmark_of_the_page_yields_a_figure_with_a_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "plotly-basic-a1.js").write_text("export {}")
    monkeypatch.setenv("EPOCHBOARD_FRONTEND_DIR", str(tmp_path))
    check(list(page.figures(SMOKE)))


def check(figures: list[Figure]) -> None:
    assert figures
    for figure in figures:
        assert figure.name
        assert figure.unit
        assert math.isfinite(figure.value)
        assert "held" in json.loads(figure.as_line())
