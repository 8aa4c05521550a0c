"""Quick questions: asked through Redis, answered by a helper process that is kept warm."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.errors import Invalid, Unavailable
from backend.messaging import rpc
from backend.messaging.rpc import HelperClient, connect, send_answer
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from tests.support.trainings import digits_dataset, spec
from tests.support.valkey_server import Server
from worker.helper import process as helper_process
from worker.helper.process import LOST, SLOW, HelperProcess

AUGMENTED = spec("digits", {"filters": [4], "dense_units": [8]}, augmentation={"rotation": 20.0})


@pytest.fixture
def wired(settings: Settings, valkey: Server) -> Settings:
    return settings.model_copy(update={"redis_url": valkey.url})


def test_an_answer_comes_back_to_who_asked(wired: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_jobs: Wakeups, address: str, question: dict[str, Any], _seconds: float) -> None:
        threading.Timer(0.1, send_answer, (connect(wired), address, {"asked": question})).start()

    monkeypatch.setattr(Wakeups, "ask", ask)

    answer = HelperClient(wired, Wakeups(wired)).ask({"kind": "preview"})

    assert answer == {"asked": {"kind": "preview"}}


@pytest.mark.parametrize(
    ("answer", "raised", "sentence"),
    [({"error": "It is no picture."}, Invalid, "It is no picture"), (LOST, Unavailable, "ended over this question")],
)
def test_a_question_without_an_answer_is_refused_with_the_workers_sentence(
    wired: Settings, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], raised: type[Exception], sentence: str
) -> None:
    def ask(_jobs: Wakeups, address: str, _question: dict[str, Any], _seconds: float) -> None:
        send_answer(connect(wired), address, answer)

    monkeypatch.setattr(Wakeups, "ask", ask)

    with pytest.raises(raised, match=sentence):
        HelperClient(wired, Wakeups(wired)).ask({"kind": "preview"})


def test_without_a_worker_it_says_so(wired: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "WAIT_SECONDS", 0.2)

    with pytest.raises(Unavailable, match=r"No worker answered within 0\.2 s"):
        HelperClient(wired, Wakeups(wired)).ask({"kind": "preview"})


def test_without_redis_it_says_so_at_once(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="Redis did not take the question"):
        HelperClient(settings, Wakeups(settings)).ask({"kind": "preview"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data dir with the digits in it."""
    data_dir = tmp_path_factory.mktemp("data")
    digits_dataset(data_dir / "datasets")
    return data_dir


@pytest.fixture
def helper(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HelperProcess]:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(folder))
    helper = HelperProcess(seconds=60)
    yield helper
    helper.end()


def question(folder: Path, seed: int = 0) -> dict[str, Any]:
    stored = next((folder / "datasets").glob("*/manifest.json")).parent
    return {
        "kind": "preview",
        "folder": stored.relative_to(folder).as_posix(),
        "spec": AUGMENTED.as_json(),
        "seed": seed,
    }


@pytest.mark.slow
def test_the_helper_shows_sixteen_images_the_same_for_the_same_seed(helper: HelperProcess, folder: Path) -> None:
    first, again, others = (helper.ask(question(folder, seed)) for seed in (0, 0, 1))

    assert len(first["images"]) == 16
    assert first["images"][0].startswith("data:image/png;base64,")
    assert first == again
    assert first != others


@pytest.mark.slow
def test_a_bad_question_has_a_sentence_and_costs_nothing(helper: HelperProcess, folder: Path) -> None:
    refused = helper.ask({**question(folder), "folder": "datasets/none"})

    assert "can't be read" in refused["failure"]
    assert "images" in helper.ask(question(folder))


@pytest.mark.slow
def test_a_helper_that_is_killed_or_hangs_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(folder))
    impatient = HelperProcess(seconds=0.05)

    assert impatient.ask(question(folder)) == SLOW
    assert [child for child in psutil.Process().children() if "worker.helper" in " ".join(child.cmdline())] == []


@pytest.mark.parametrize("program", ["print('no json', flush=True); input()", "raise SystemExit(3)"])
def test_a_helper_that_talks_nonsense_or_ends_is_told_as_lost(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "COMMAND", (sys.executable, "-c", f"input(); {program}"))
    helper = HelperProcess(seconds=30)

    assert helper.ask({"kind": "preview"}) == LOST
    helper.end()
