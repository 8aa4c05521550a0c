"""Metrics of a long run: packed in blocks as epochs are saved, and read as they were saved."""

import math
import random
from collections.abc import Sequence

import pytest
from alembic import command
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from backend.db.engine import Database, migrate, open_database
from backend.db.models import Epoch, MetricBlock, Run
from backend.runs.create import queue_new_run
from backend.runs.metrics.blocks import BLOCK_EPOCHS, delete_blocks_after, pack_blocks
from backend.runs.metrics.columns import read_columns
from backend.runs.metrics.downsample import downsample
from backend.runs.metrics.series import metric_series
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.backend.db.test_migrations import run_alembic
from tests.support.runs.run_life import claim_writer, launch, saved_epoch

EPOCHS = 2 * BLOCK_EPOCHS + 100
METRICS = [
    {"loss": 1 / epoch, "val_loss": None if epoch % 7 == 0 else math.sin(epoch)}
    | ({"penalty": 0.1} if epoch > BLOCK_EPOCHS else {})
    for epoch in range(1, EPOCHS + 1)
]


def write_epochs(database: Database, run_id: str, last: int) -> None:
    file = {"predictions": "p", "predictions_sha256": "0"}
    rows = [{"run_id": run_id, "epoch": e, "metrics": METRICS[e - 1], **file} for e in range(1, last + 1)]
    with database.write() as session:
        session.execute(insert(Epoch), rows)


@pytest.fixture
def run_id(database: Database) -> str:
    """A run with EPOCHS epochs, none of them packed."""
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    write_epochs(database, run.id, EPOCHS)
    return run.id


def test_packed_epochs_are_read_as_they_were_saved(database: Database, run_id: str) -> None:
    with database.write() as session:
        unpacked = metric_series(session, run_id, None, None)
        for epoch in range(1, EPOCHS + 1):
            pack_blocks(session, run_id, epoch)
        packed = metric_series(session, run_id, None, None)
        blocks = session.execute(select(MetricBlock.block, MetricBlock.name)).all()

    assert packed == unpacked
    assert packed.series["val_loss"] == [metrics["val_loss"] for metrics in METRICS]
    assert sorted(map(tuple, blocks)) == [(0, "loss"), (0, "val_loss"), (1, "loss"), (1, "penalty"), (1, "val_loss")]


def test_a_block_that_an_older_version_left_out_is_packed_with_the_next_one(database: Database, run_id: str) -> None:
    with database.write() as session:
        unpacked = metric_series(session, run_id, None, None)
        pack_blocks(session, run_id, 2 * BLOCK_EPOCHS)

        assert {*session.scalars(select(MetricBlock.block))} == {0, 1}
        assert metric_series(session, run_id, None, None) == unpacked


def test_some_metrics_of_several_runs_are_read_at_once(database: Database, run_id: str) -> None:
    with database.write() as session:
        short, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    write_epochs(database, short.id, 3)

    with database.write() as session:
        pack_blocks(session, run_id, BLOCK_EPOCHS)
        columns = read_columns(session, [run_id, short.id, "unknown"], ["penalty"])

    assert {run: len(of_run.epochs) for run, of_run in columns.items()} == {run_id: EPOCHS, short.id: 3}
    penalties = columns[run_id].column("penalty")
    assert [int(count) for count in (math.isnan(value) for value in penalties[[0, 511, 512]])] == [1, 1, 0]
    assert list(columns[run_id].series) == ["penalty"]


def test_a_roll_back_deletes_each_block_with_an_epoch_that_is_gone(database: Database, run_id: str) -> None:
    with database.write() as session:
        for epoch in (BLOCK_EPOCHS, 2 * BLOCK_EPOCHS):
            pack_blocks(session, run_id, epoch)

        for epoch, left in ((2 * BLOCK_EPOCHS, {0, 1}), (2 * BLOCK_EPOCHS - 1, {0}), (0, set())):
            delete_blocks_after(session, run_id, epoch)
            assert {*session.scalars(select(MetricBlock.block))} == left


def test_the_last_epoch_of_a_block_packs_it_in_its_own_transaction(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    write_epochs(database, run_id, BLOCK_EPOCHS - 1)
    with database.write() as session:
        session.get_one(Run, run_id).epoch = BLOCK_EPOCHS - 1

    writer.save_epoch(saved_epoch(writer, BLOCK_EPOCHS, loss=math.nan, val_loss=0.25))

    with database.read() as session:
        assert {*session.scalars(select(MetricBlock.name))} >= {"loss", "val_loss", "val_accuracy"}
        series = metric_series(session, run_id, ["loss", "val_loss"], None).series
    assert series["loss"][-2:] == [METRICS[BLOCK_EPOCHS - 2]["loss"], None]
    assert series["val_loss"][-1] == 0.25


def test_runs_of_an_older_version_are_packed_by_the_migration(settings: Settings) -> None:
    migrate(settings)
    database = open_database(settings)
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    write_epochs(database, run.id, EPOCHS)
    with database.read() as session:
        before = metric_series(session, run.id, None, None)

    run_alembic(database, command.downgrade, "0018")
    run_alembic(database, command.upgrade, "head")

    with database.read() as session:
        assert len(session.scalars(select(MetricBlock)).all()) == 5
        assert metric_series(session, run.id, None, None) == before
    database.engine.dispose()


def positions_by_definition(series: Sequence[Sequence[float | None]], length: int, buckets: int) -> list[int]:
    kept = {0, length - 1}
    for bucket in range(buckets):
        of_bucket = range(bucket * length // buckets, (bucket + 1) * length // buckets)
        for values in series:
            finite = {at: value for at in of_bucket if (value := values[at]) is not None}
            kept.update({min(finite, key=finite.__getitem__), max(finite, key=finite.__getitem__)} if finite else ())
    return sorted(kept)


def test_the_first_minimum_and_maximum_of_each_bucket_are_kept() -> None:
    draw = random.Random(0)
    values = (None, -1.0, 0.0, 1.0, 2.0)
    for length in (100, 777, 1000):
        drawn = [draw.choice(values) for _ in range(length)]
        series: list[list[float | None]] = [drawn, [None] * length, [1.0] * length]
        assert downsample(series, length, 62) == positions_by_definition(series, length, 10)
