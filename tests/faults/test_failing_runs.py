"""A run that Keras, or a missing dataset, ends: told with title, detail and hint, and the next run starts."""

import socket
from pathlib import Path

import pytest

from tests.support.program import Program

pytestmark = pytest.mark.slow


def test_a_loss_that_explodes(program: Program) -> None:
    spec = {
        "dataset": {"name": "digits"},
        "preprocessing": {"scaling": "none"},
        "model": {"preset": "strided_cnn", "options": {"padding": "same"}},
        "optimizer": {"name": "sgd", "learning_rate": 10.0},
    }
    run = program.ended(program.launch(spec=spec))

    assert (run["status"], run["epoch"]) == ("failed", 1)
    assert run["error"]["title"] == "The loss is not a number"
    assert run["error"]["hint"] == "Try a smaller learning rate than 10."
    assert program.get(f"/api/runs/{run['id']}/metrics")["series"]["loss"] == [None]
    assert "Traceback (most recent call last)" in program.log(run["id"])
    assert next_run(program) == "finished"


def test_a_dataset_that_is_not_there_without_a_network(tmp_path: Path) -> None:
    # A proxy that refuses is how a machine without a network looks to a download.
    refusing = f"http://127.0.0.1:{closed_port()}"
    home = tmp_path / "keras"
    offline = {"KERAS_HOME": str(home), "HTTPS_PROXY": refusing, "HTTP_PROXY": refusing, "https_proxy": refusing}
    with Program(tmp_path, **offline).running() as program:
        run = program.ended(program.launch(recipe="fashion-strided"))

        assert run["status"] == "failed"
        told = " ".join(run["error"].values())
        assert str(home / "datasets" / "fashion-mnist") in told
        assert "train-images-idx3-ubyte.gz" in told
        assert "KERAS_HOME" in told
        assert next_run(program) == "finished"


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def next_run(program: Program) -> str:
    status: str = program.ended(program.launch(recipe="digits-quick"))["status"]
    return status
