"""Runs of the real program are stopped and resumed."""

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.service.program import Program, slow_spec, tiny_spec, weights_of

pytestmark = pytest.mark.slow


def post_action(program: Program, run_id: str, action: str, **body: Any) -> Any:
    return program.post(f"/api/runs/{run_id}/{action}", json.dumps(body).encode())


def history(program: Program, run_id: str) -> Any:
    metrics = program.get(f"/api/runs/{run_id}/metrics")
    return {**metrics["series"], "seconds": None, "epochs": metrics["epochs"]}


def test_finish_keeps_the_current_epoch_with_its_matrix_and_models(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(200))
    program.at_epoch(run_id, 2)

    stopping = post_action(program, run_id, "stop", mode="finish")
    run = program.ended(run_id)

    assert stopping["status"] == "stopping"
    assert (run["status"], run["ended_by"]) == ("stopped", "finish")
    assert stopping["epoch"] < run["epoch"] <= stopping["epoch"] + 2
    matrix = program.get(f"/api/runs/{run_id}/confusion-matrix?epoch=last")
    assert sum(map(sum, matrix["matrix"])) == 359
    names = [item["name"] for item in program.get(f"/api/runs/{run_id}/artifacts")["items"]]
    assert names[:3] == ["best.keras", "final.keras", "last.keras"]


def test_kill_ends_a_hanging_trainer_within_five_seconds_and_the_next_run_starts(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(200))
    program.at_epoch(run_id, 2)
    trainer = program.trainer()
    trainer.suspend()  # as if a library call never returned
    waiting = program.launch(spec=tiny_spec())

    started = time.monotonic()
    killed = post_action(program, run_id, "stop", mode="kill")
    trainer.wait(5)

    assert time.monotonic() - started < 5
    assert (killed["status"], killed["ended_by"]) == ("stopped", "kill")
    assert program.ended(waiting)["status"] == "finished"
    assert program.run(run_id)["epoch"] == killed["epoch"]


def test_a_killed_and_resumed_run_with_more_epochs_equals_one_launched_with_as_many(
    program: Program, tmp_path: Path
) -> None:
    whole = program.launch(spec=slow_spec(9))
    program.ended(whole)
    run_id = program.launch(spec=slow_spec(6))
    program.at_epoch(run_id, 2)
    post_action(program, run_id, "stop", mode="kill")

    post_action(program, run_id, "resume")
    short = program.ended(run_id)
    post_action(program, run_id, "resume", epochs=9)
    run = program.ended(run_id)

    assert (short["status"], short["epoch"]) == ("finished", 6)
    assert (run["status"], run["epoch"], run["spec"]["epochs"]) == ("finished", 9, 9)
    assert history(program, run_id) == history(program, whole)
    for name in ("best.keras", "final.keras"):
        assert weights_of(program, run_id, name, tmp_path) == weights_of(program, whole, name, tmp_path)


@pytest.mark.thorough
def test_a_run_starts_with_the_weights_of_another_run_even_after_that_is_deleted(program: Program) -> None:
    source = program.launch(spec=slow_spec(6))
    best = program.ended(source)["best"]
    spec = {**slow_spec(1), "init": {"run": source}}
    spec["optimizer"] = {"name": "sgd", "learning_rate": 1e-6}

    run_id = program.launch(spec=spec)
    program.delete(f"/api/runs/{source}")
    run = program.ended(run_id)

    assert run["status"] == "finished"
    assert abs(run["metrics"]["val_accuracy"] - best["metrics"]["val_accuracy"]) < 0.01
    assert "Initial weights from another run: 4 of 4 layers" in program.log(run_id)


def test_a_download_of_the_best_model_is_complete_although_the_model_is_replaced(program: Program) -> None:
    spec = {**slow_spec(25), "callbacks": {"checkpoint": {"monitor": "accuracy"}}}
    run_id = program.launch(spec=spec)
    program.at_epoch(run_id, 1)
    downloads: list[tuple[str, str]] = []
    readers = [threading.Thread(target=download_until_ended, args=(program, run_id, downloads)) for _ in range(4)]

    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(120)

    assert len({etag for etag, _ in downloads}) > 3, "the best model was hardly replaced while it was downloaded"
    assert all(etag == sha256 for etag, sha256 in downloads)


def download_until_ended(program: Program, run_id: str, downloads: list[tuple[str, str]]) -> None:
    """Downloads again and again, slowly, and appends each ETag with the hash of the body."""
    address = f"http://127.0.0.1:{program.port}/api/runs/{run_id}/artifacts/best.keras"
    while program.run(run_id)["status"] == "running":
        with urllib.request.urlopen(address, timeout=10) as response:
            etag, body = response.headers["ETag"].strip('"'), b""
            while part := response.read(20_000):
                body += part
                time.sleep(0.001)
        downloads.append((etag, hashlib.sha256(body).hexdigest()))


@pytest.mark.thorough
def test_stopping_an_ended_run_is_refused_with_a_sentence(program: Program) -> None:
    run_id = program.launch(spec=tiny_spec())
    program.ended(run_id)

    with pytest.raises(urllib.error.HTTPError, match="409") as refused:
        post_action(program, run_id, "stop", mode="kill")

    assert "has already ended: it is finished" in json.load(refused.value)["detail"]
