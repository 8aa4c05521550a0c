"""A person stops and resumes runs of the real program."""

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, slow_spec, weights_of

pytestmark = pytest.mark.slow


def act(program: Program, run_id: str, action: str, **body: Any) -> Any:
    return program.post(f"/api/runs/{run_id}/{action}", json.dumps(body).encode())


def history(program: Program, run_id: str) -> Any:
    metrics = program.get(f"/api/runs/{run_id}/metrics")
    return {**metrics["series"], "seconds": None, "epochs": metrics["epochs"]}


def test_finish_keeps_the_running_epoch_with_its_matrix_and_models(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(200))
    program.at_epoch(run_id, 2)

    asked = act(program, run_id, "stop", mode="finish")
    run = program.ended(run_id)

    assert asked["status"] == "stopping"
    assert (run["status"], run["ended_by"]) == ("stopped", "finish")
    assert asked["epoch"] < run["epoch"] <= asked["epoch"] + 2
    matrix = program.get(f"/api/runs/{run_id}/confusion-matrix?epoch=last")
    assert sum(map(sum, matrix["matrix"])) == 359
    names = [item["name"] for item in program.get(f"/api/runs/{run_id}/artifacts")["items"]]
    assert names[:3] == ["best.keras", "final.keras", "last.keras"]


def test_kill_ends_a_trainer_that_hangs_within_five_seconds_and_the_next_run_begins(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(200))
    program.at_epoch(run_id, 2)
    trainer = program.trainer()
    trainer.suspend()  # as in a call of a library that never returns
    waiting = program.launch(recipe="digits-quick")

    asked = time.monotonic()
    killed = act(program, run_id, "stop", mode="kill")
    trainer.wait(5)

    assert time.monotonic() - asked < 5
    assert (killed["status"], killed["ended_by"]) == ("stopped", "kill")
    assert program.ended(waiting)["status"] == "finished"
    assert program.run(run_id)["epoch"] == killed["epoch"]


def test_a_killed_run_is_resumed_and_a_finished_one_lengthened_as_if_asked_for_so_many(
    program: Program, tmp_path: Path
) -> None:
    whole = program.launch(spec=slow_spec(9))
    program.ended(whole)
    run_id = program.launch(spec=slow_spec(6))
    program.at_epoch(run_id, 2)
    act(program, run_id, "stop", mode="kill")

    act(program, run_id, "resume")
    short = program.ended(run_id)
    act(program, run_id, "resume", epochs=9)
    run = program.ended(run_id)

    assert (short["status"], short["epoch"]) == ("finished", 6)
    assert (run["status"], run["epoch"], run["spec"]["epochs"]) == ("finished", 9, 9)
    assert history(program, run_id) == history(program, whole)
    for name in ("best.keras", "final.keras"):
        assert weights_of(program, run_id, name, tmp_path) == weights_of(program, whole, name, tmp_path)


@pytest.mark.thorough
def test_a_run_begins_with_the_weights_of_another_even_after_that_is_deleted(program: Program) -> None:
    source = program.launch(spec=slow_spec(6))
    best = program.ended(source)["best"]
    spec = {**slow_spec(1), "init": {"run": source}}
    spec["optimizer"] = {"name": "sgd", "learning_rate": 1e-6}

    run_id = program.launch(spec=spec)
    program.delete(f"/api/runs/{source}")
    run = program.ended(run_id)

    assert run["status"] == "finished"
    assert abs(run["metrics"]["val_accuracy"] - best["metrics"]["val_accuracy"]) < 0.01
    assert "Begins with the weights of another run: 4 of 4 layers" in program.log(run_id)


def test_a_best_model_that_is_replaced_while_it_is_downloaded_comes_whole(program: Program) -> None:
    spec = {**slow_spec(25), "callbacks": {"checkpoint": {"monitor": "accuracy"}}}
    run_id = program.launch(spec=spec)
    program.at_epoch(run_id, 1)
    fetched: list[tuple[str, str]] = []
    readers = [threading.Thread(target=download_until_ended, args=(program, run_id, fetched)) for _ in range(4)]

    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(120)

    assert len({told for told, _ in fetched}) > 3, "the best was hardly replaced while it was downloaded"
    assert all(told == got for told, got in fetched)


def download_until_ended(program: Program, run_id: str, fetched: list[tuple[str, str]]) -> None:
    address = f"http://127.0.0.1:{program.port}/api/runs/{run_id}/artifacts/best.keras"
    while program.run(run_id)["status"] == "running":
        with urllib.request.urlopen(address, timeout=10) as answer:
            told, body = answer.headers["ETag"].strip('"'), b""
            while part := answer.read(20_000):
                body += part
                time.sleep(0.001)
        fetched.append((told, hashlib.sha256(body).hexdigest()))


@pytest.mark.thorough
def test_a_stop_of_an_ended_run_is_refused_in_a_sentence(program: Program) -> None:
    run_id = program.launch(recipe="digits-quick")
    program.ended(run_id)

    with pytest.raises(urllib.error.HTTPError, match="409") as refused:
        act(program, run_id, "stop", mode="kill")

    assert "has already ended: it is finished" in json.load(refused.value)["detail"]
