"""Metrics as series, downsampled without losing an extreme."""

from typing import Any

import pytest

from backend.db.engine import Database
from backend.db.models import Epoch
from backend.errors import Invalid
from backend.runs.create import queue_new_run
from backend.runs.metrics.downsample import downsample
from backend.runs.metrics.series import metric_series
from backend.runs.schemas import RunCreate


def run_with(database: Database, *metrics: dict[str, Any]) -> str:
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
        for epoch, values in enumerate(metrics, start=1):
            row = {"run_id": run.id, "epoch": epoch, "metrics": values, "predictions": "p", "predictions_sha256": "0"}
            session.add(Epoch(**row))
    return run.id


def test_all_series_are_as_long_as_the_epochs_and_nan_is_null(database: Database) -> None:
    run_id = run_with(database, {"loss": 2.0, "val_loss": 3.0}, {"loss": None, "val_loss": 2.5})

    with database.read() as session:
        all_series = metric_series(session, run_id, None, None)
        val_loss = metric_series(session, run_id, ["val_loss"], None)

    assert all_series.epochs == [1, 2]
    assert all_series.series == {"loss": [2.0, None], "val_loss": [3.0, 2.5]}
    assert val_loss.series == {"val_loss": [3.0, 2.5]}


def test_an_unknown_name_is_refused_with_the_known_ones(database: Database) -> None:
    run_id = run_with(database, {"loss": 2.0, "accuracy": 0.5})

    with database.read() as session, pytest.raises(Invalid) as refused:
        metric_series(session, run_id, ["lost"], None)

    assert refused.value.detail == "There is no metric 'lost'; this run has loss, accuracy."


def test_downsampling_keeps_the_ends_and_every_extreme() -> None:
    falling: list[float | None] = [1000.0 - i for i in range(1000)]
    falling[123], falling[777] = 5000.0, -5000.0
    flat: list[float | None] = [0.5] * 1000
    flat[500] = None

    kept = downsample([falling, flat], 1000, 100)

    assert len(kept) <= 100
    assert {0, 123, 777, 999} <= set(kept)
    assert kept == sorted(set(kept))


def test_a_short_series_is_not_downsampled() -> None:
    assert downsample([[1.0, 2.0, 3.0]], 3, 3) == [0, 1, 2]


def test_the_time_until_an_epoch_counts_also_epochs_that_are_left_out(database: Database) -> None:
    run_id = run_with(database, *({"loss": float(abs(epoch - 6)), "seconds": 1.5} for epoch in range(1, 11)))

    with database.read() as session:
        series = metric_series(session, run_id, ["loss"], 4)

    assert dict(zip(series.epochs, series.elapsed, strict=True)) == {1: 1.5, 6: 9.0, 10: 15.0}
