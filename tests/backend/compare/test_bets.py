"""Bets before the launch, their results, the noise between seeds, and how far a person was off."""

from typing import Any

import pytest

from backend.db.models import Run
from tests.support.runs.compared import SPEC, ComparedBoard


def bet(board: ComparedBoard, accuracy: float, value: float, **spec: Any) -> str:
    run = board.run(metrics=[{"val_accuracy": value}], **spec)
    with board.database.write() as session:
        session.get_one(Run, run).bet = accuracy
    return run


def test_bets_stand_beside_their_results_and_the_noise_of_repeats(board: ComparedBoard) -> None:
    launched = board.client.post("/api/runs", json={"spec": SPEC, "bet": 0.9}).json()
    first = bet(board, 0.9, 0.8, batch_size=64)
    board.run(metrics=[{"val_accuracy": 0.82}], batch_size=64, seed=1)
    second = bet(board, 0.7, 0.75, batch_size=128)
    board.run(metrics=[{"val_accuracy": 0.75}], batch_size=128)  # the same seed again: no noise can be seen

    bets = board.get("/api/bets")

    assert launched["bet"] == 0.9
    assert [(item["run"], item["bet"], item["value"], item["noise"]) for item in bets["items"]] == [
        (second, 0.7, 0.75, None),
        (first, 0.9, 0.8, pytest.approx(0.02 / 2**0.5)),
        (launched["id"], 0.9, None, None),
    ]
    assert bets["calibration"] == {
        "n": 2, "bias": pytest.approx(0.025), "mean_absolute_error": pytest.approx(0.075)
    }  # fmt: skip
    page = board.get("/api/bets", limit=2)
    assert board.get("/api/bets", limit=2, cursor=page["next_cursor"])["items"] == bets["items"][2:]


@pytest.mark.parametrize("value", [-0.1, 1.5, "0.9", True])
def test_a_bet_is_a_share(board: ComparedBoard, value: Any) -> None:
    response = board.client.post("/api/runs", json={"spec": SPEC, "bet": value})

    assert (response.status_code, response.json()["errors"][0]["loc"]) == (422, ["bet"])
