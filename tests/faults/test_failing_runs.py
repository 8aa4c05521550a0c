"""Runs that fail by themselves: the error has a title, a detail and a hint, and the next run starts."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.service.program import Program, tiny_spec

pytestmark = pytest.mark.slow


@dataclass
class OfflineProgram:
    """A program without a network, a run that needs it, and a run that is queued behind that one."""

    program: Program
    keras_home: str
    failing: str
    next: str


@pytest.fixture(scope="module", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfflineProgram]:
    """Starts before the first test, because the download gives up only after fifteen seconds of retries."""
    folder = tmp_path_factory.mktemp("offline")
    keras_home = str(folder / "keras")
    refusing = f"http://127.0.0.1:{closed_port()}"  # without a network, downloads fail as with a refusing proxy
    environment = {"KERAS_HOME": keras_home, "HTTPS_PROXY": refusing, "HTTP_PROXY": refusing, "https_proxy": refusing}
    with Program(folder, **environment).running() as program:
        failing = program.launch(recipe="fashion-strided")
        yield OfflineProgram(program, keras_home, failing, program.launch(spec=tiny_spec()))


def test_a_loss_that_explodes(program: Program) -> None:
    spec = {
        "dataset": {"name": "digits"},
        "preprocessing": {"scaling": "none"},
        "model": {"preset": "strided_cnn", "options": {"padding": "same"}},
        "optimizer": {"name": "sgd", "learning_rate": 10.0},
    }
    run = program.ended(program.launch(spec=spec))

    assert (run["status"], run["epoch"]) == ("failed", 1)
    assert run["error"]["title"] == "Loss became NaN"
    assert run["error"]["hint"] == "Try a smaller learning rate than 10."
    assert program.get(f"/api/runs/{run['id']}/metrics")["series"]["loss"] == [None]
    assert "Traceback (most recent call last)" in program.log(run["id"])
    assert program.ended(program.launch(spec=tiny_spec()))["status"] == "finished"


def test_a_missing_dataset_without_a_network(offline: OfflineProgram) -> None:
    run = offline.program.ended(offline.failing)

    assert run["status"] == "failed"
    error = " ".join(run["error"].values())
    assert f"{offline.keras_home}/datasets/fashion-mnist" in error
    assert "train-images-idx3-ubyte.gz" in error
    assert "KERAS_HOME" in error
    assert offline.program.ended(offline.next)["status"] == "finished"


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
