"""The time left: from the median of the last epochs of this attempt."""

from typing import Any

import pytest

from backend.db.models import Run
from backend.runs.pace import add_epoch, eta_seconds, is_silent, seconds_per_epoch


def trained(durations: list[float], **values: Any) -> Run:
    """Returns a run of ten epochs that has saved one after each of `durations`; the first one began at 1,000."""
    run = Run(status="running", epochs=10, epoch=len(durations), last_epoch_seconds=[], epoch_at=None)
    at = 1_000.0
    for duration in durations:
        at += duration
        add_epoch(run, at, duration)
    for name, value in values.items():
        setattr(run, name, value)
    return run


def test_one_slow_epoch_does_not_change_the_pace() -> None:
    assert seconds_per_epoch(trained([8.0, 8.2, 60.0, 7.9, 8.1])) == pytest.approx(8.1)


def test_the_first_epoch_which_compiles_counts_only_until_there_is_another() -> None:
    assert seconds_per_epoch(trained([20.0])) == 20.0
    assert seconds_per_epoch(trained([20.0, 8.0])) == 8.0


def test_the_first_epoch_of_another_attempt_counts_beside_those_of_the_one_before() -> None:
    run = trained([8.0, 0.5, 0.5])
    run.epoch_at = None

    add_epoch(run, 2_000.0, 7.8)

    assert (seconds_per_epoch(run), eta_seconds(run, 2_000.0)) == (0.5, 3.5)


def test_only_the_last_five_epochs_count() -> None:
    assert seconds_per_epoch(trained([1.0, 1.0, 1.0, 9.0, 9.0, 9.0])) == 9.0


def test_saving_is_part_of_an_epoch() -> None:
    run = trained([8.0])
    for at in (1_018.5, 1_029.0):
        add_epoch(run, at, 8.0)

    assert run.last_epoch_seconds == [8.0, 10.5, 10.5]
    assert seconds_per_epoch(run) == 10.5


@pytest.mark.parametrize(
    ("seconds_later", "left"),
    [(0.0, 70.0), (4.0, 66.0), (10.0, 60.0), (25.0, 60.0)],
)
def test_an_epoch_that_is_late_is_due_now_and_those_after_it_are_still_to_come(
    seconds_later: float, left: float
) -> None:
    assert eta_seconds(trained([10.0, 10.0, 10.0]), 1_030.0 + seconds_later) == left


def test_after_a_short_first_epoch_the_time_left_is_unknown_since_most_of_it_may_be_tracing() -> None:
    assert eta_seconds(trained([2.5]), 1_002.5) is None
    assert eta_seconds(trained([2.5, 0.4]), 1_002.9) == pytest.approx(3.2)
    assert eta_seconds(trained([40.0]), 1_040.0) == 360.0
    assert eta_seconds(trained([2.5], epochs=1), 1_002.5) == 0.0


def test_a_run_has_no_time_left_when_nothing_is_known() -> None:
    assert eta_seconds(trained([]), 1_000.0) is None
    assert eta_seconds(trained([8.0], status="stopping"), 1_008.0) is None
    assert eta_seconds(trained([8.0], stalled_since=1_010.0), 1_020.0) is None


def test_a_run_whose_worker_misses_heartbeats_has_no_time_left() -> None:
    lease = {"heartbeat_at": 1_010.0, "lease_expires_at": 1_040.0}
    assert eta_seconds(trained([10.0, 10.0], **lease), 1_025.0) == 75.0
    assert eta_seconds(trained([10.0, 10.0], **lease), 1_025.1) is None


@pytest.mark.parametrize("status", ["preparing", "running", "stopping"])
def test_a_run_is_silent_after_half_of_its_own_lease(status: str) -> None:
    lease = {"status": status, "heartbeat_at": 1_010.0, "lease_expires_at": 1_070.0}
    assert not is_silent(trained([], **lease), 1_040.0)
    assert is_silent(trained([], **lease), 1_040.1)


def test_a_run_that_has_ended_is_not_silent() -> None:
    assert not is_silent(trained([], status="finished", heartbeat_at=1_010.0, lease_expires_at=1_040.0), 9_000.0)


def test_a_run_without_a_lease_is_not_silent() -> None:
    assert not is_silent(trained([], status="queued", heartbeat_at=1_010.0, lease_expires_at=None), 9_000.0)


def test_after_the_last_epoch_nothing_is_left() -> None:
    assert eta_seconds(trained([8.0] * 10), 1_090.0) == 0.0
