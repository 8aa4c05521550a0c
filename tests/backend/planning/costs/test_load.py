"""Estimates for a machine that other processes keep busy: they reach as far as its load."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend import workers
from backend.db.engine import Database
from backend.lifecycle import leases
from backend.workers import Slot
from tests.support.service.spec_check import ON_PHOTOS, STRIDED, check, report_worker, store_photos

SPEED = {"multiplications_per_second": {"float32": 1e10}}
BUSY = "the worker's machine is busy: 6 other processes want each of its processors, so the run may take up to 7 times"


def test_the_range_reaches_as_far_as_the_load_and_a_warning_says_why(client: TestClient, database: Database) -> None:
    def estimate(load: float | None) -> tuple[Any, list[str]]:
        report_worker(database, **SPEED, load=load)
        answer = check(client, STRIDED)
        return answer["seconds_per_epoch_range"], [notice["msg"] for notice in answer["warnings"]]

    (least, most), messages = estimate(7.0)

    quiet = estimate(None)
    assert estimate(1.0) == quiet, "as the run before leaves it"
    assert (least, most) == pytest.approx((quiet[0][0], 7 * quiet[0][1]))
    assert [message for message in messages if message not in quiet[1]] == [f"{BUSY} as long as on a quiet one"]


def test_the_load_of_a_slot_that_trains_is_that_of_its_run(client: TestClient, database: Database) -> None:
    report_worker(database, **SPEED, load=7.0)
    before = check(client, STRIDED)["seconds_per_epoch_range"]
    client.post("/api/runs", json={"recipe": "digits-quick"})
    with database.write() as session:
        leases.claim(session, "w@host", "cpu-0", 30)

    assert check(client, STRIDED)["seconds_per_epoch_range"][1] == pytest.approx(before[1] / 7)


def test_features_of_a_backbone_take_longer_too(client: TestClient, database: Database) -> None:
    store_photos(database, "datasets/photos")

    def estimate(load: float) -> Any:
        report_worker(database, **SPEED, load=load)
        return check(client, ON_PHOTOS)

    quiet, busy = estimate(0.0), estimate(7.0)

    least, most = quiet["feature_seconds_range"]
    assert busy["feature_seconds_range"] == pytest.approx([least, 7 * most])
    assert busy["feature_seconds"] == quiet["feature_seconds"]


def test_a_gpu_that_waits_for_a_run_is_quiet_whatever_other_machines_compute(
    client: TestClient, database: Database
) -> None:
    with database.write() as session:
        gpu = Slot(name="gpu-0", kind="gpu", device="GPU", multiplications_per_second={"float32": 1e12})
        workers.report(session, "fast@host", "fast", [gpu])
    quiet = check(client, STRIDED)

    report_worker(database, **SPEED, load=7.0)

    assert check(client, STRIDED)["seconds_per_epoch_range"] == quiet["seconds_per_epoch_range"]
    assert not [notice for notice in check(client, STRIDED)["warnings"] if "is busy" in notice["msg"]]
