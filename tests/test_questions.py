"""Quick questions: asked through Redis, answered by a helper process that is kept warm."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend import questions
from backend.errors import Invalid, Unavailable
from backend.jobs import Jobs
from backend.questions import Questions, connection, tell
from backend.settings import Settings
from tests.training_examples import digits_dataset, spec
from tests.wire import Server
from worker import asking
from worker.asking import LOST, SLOW, Helper

AUGMENTED = spec("digits", {"filters": [4], "dense_units": [8]}, augmentation={"rotation": 20.0})


@pytest.fixture
def wired(settings: Settings, valkey: Server) -> Settings:
    return settings.model_copy(update={"redis_url": valkey.url})


def test_an_answer_comes_back_to_who_asked(wired: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_jobs: Jobs, address: str, question: dict[str, Any], _seconds: float) -> None:
        threading.Timer(0.1, tell, (connection(wired), address, {"asked": question})).start()

    monkeypatch.setattr(Jobs, "ask", ask)

    answer = Questions(wired, Jobs(wired)).ask({"kind": "preview"})

    assert answer == {"asked": {"kind": "preview"}}


@pytest.mark.parametrize(
    ("answer", "raised", "sentence"),
    [({"error": "It is no picture."}, Invalid, "It is no picture"), (LOST, Unavailable, "ended over this question")],
)
def test_a_question_without_an_answer_is_refused_with_the_workers_sentence(
    wired: Settings, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], raised: type[Exception], sentence: str
) -> None:
    def ask(_jobs: Jobs, address: str, _question: dict[str, Any], _seconds: float) -> None:
        tell(connection(wired), address, answer)

    monkeypatch.setattr(Jobs, "ask", ask)

    with pytest.raises(raised, match=sentence):
        Questions(wired, Jobs(wired)).ask({"kind": "preview"})


def test_without_a_worker_it_says_so(wired: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "WAIT_SECONDS", 0.2)

    with pytest.raises(Unavailable, match=r"No worker answered within 0\.2 s"):
        Questions(wired, Jobs(wired)).ask({"kind": "preview"})


def test_without_redis_it_says_so_at_once(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="Redis did not take the question"):
        Questions(settings, Jobs(settings)).ask({"kind": "preview"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data dir with the digits in it."""
    data_dir = tmp_path_factory.mktemp("data")
    digits_dataset(data_dir / "datasets")
    return data_dir


@pytest.fixture
def helper(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(folder))
    helper = Helper(seconds=60)
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
def test_the_helper_shows_sixteen_images_the_same_for_the_same_seed(helper: Helper, folder: Path) -> None:
    first, again, others = (helper.ask(question(folder, seed)) for seed in (0, 0, 1))

    assert len(first["images"]) == 16
    assert first["images"][0].startswith("data:image/png;base64,")
    assert first == again
    assert first != others


@pytest.mark.slow
def test_a_bad_question_has_a_sentence_and_costs_nothing(helper: Helper, folder: Path) -> None:
    refused = helper.ask({**question(folder), "folder": "datasets/none"})

    assert "can't be read" in refused["failure"]
    assert "images" in helper.ask(question(folder))


@pytest.mark.slow
def test_a_helper_that_is_killed_or_hangs_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(folder))
    impatient = Helper(seconds=0.05)

    assert impatient.ask(question(folder)) == SLOW
    assert [child for child in psutil.Process().children() if "worker.helper" in " ".join(child.cmdline())] == []


@pytest.mark.parametrize("program", ["print('no json', flush=True); input()", "raise SystemExit(3)"])
def test_a_helper_that_talks_nonsense_or_ends_is_told_as_lost(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "COMMAND", (sys.executable, "-c", f"input(); {program}"))
    helper = Helper(seconds=30)

    assert helper.ask({"kind": "preview"}) == LOST
    helper.end()
