"""How long an epoch of a run takes, when its last epoch is due, and whether its worker is silent."""

import statistics

from backend.db.models import HELD, Run

SILENT_SHARE = 1 / 2  # of a lease without a heartbeat: several are missing, and it is unknown if the run goes on
SAMPLES = 5  # last epochs that the pace is taken of: the first one of an attempt, which starts slowly, is one of them

MIN_FIRST_SECONDS = 30.0  # of a first epoch whose tracing, which takes seconds, makes the time left little too long


def add_epoch(run: Run, saved_at: float, seconds: float | None) -> None:
    """Notes an epoch that is saved at `saved_at`, and sets `epoch_at`.

    Its duration is the time since the epoch before, saving included; `seconds`, without saving, for the first one of
    an attempt.
    """
    duration = seconds if run.epoch_at is None else saved_at - run.epoch_at
    run.epoch_at = saved_at
    if duration is not None:
        run.last_epoch_seconds = [*run.last_epoch_seconds, duration][-SAMPLES:]


def seconds_per_epoch(run: Run) -> float | None:
    """Returns the median; of an even number the lower one, because the first epoch also compiles the graph."""
    return statistics.median_low(run.last_epoch_seconds) if run.last_epoch_seconds else None


def eta_seconds(run: Run, now: float) -> float | None:
    """Returns the seconds until all epochs are trained; None if that is unknown.

    An epoch that takes longer than expected is due now, and those after it are not. After a short first epoch it is
    unknown: most of that one may be tracing.
    """
    pace = seconds_per_epoch(run)
    if run.status != "running" or pace is None or run.epoch_at is None or run.stalled_since is not None:
        return None  # a stopping run ends before all epochs are trained
    if is_silent(run, now):
        return None
    left = run.epochs - run.epoch
    if left > 0 and len(run.last_epoch_seconds) == 1 and pace < MIN_FIRST_SECONDS:
        return None
    return max(0.0, pace - (now - run.epoch_at)) + (left - 1) * pace if left > 0 else 0.0


def is_silent(run: Run, now: float) -> bool:
    """Returns whether the run's worker has not renewed its lease for SILENT_SHARE of it."""
    if run.status not in HELD or run.heartbeat_at is None or run.lease_expires_at is None:
        return False
    return now - run.heartbeat_at > SILENT_SHARE * (run.lease_expires_at - run.heartbeat_at)
