"""Starts the helper before its first request, once no run is active: loading Keras takes seconds."""

import logging
import math
import threading
import time

from sqlalchemy import select

from backend.db.engine import open_database
from backend.db.models import ACTIVE, Run
from backend.settings import Settings
from worker.helper.process import HelperProcess
from worker.supervision import device_timing

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
IDLE_SHARE = 1 / 3  # of `Settings.idle_seconds`, after which devices are timed: Keras is loaded before that begins
FIRST_PAUSE_SECONDS = 10.0  # after a helper that ended soon; twice as long after each further one
MAX_PAUSE_SECONDS = 300.0
MAX_WAIT_FACTOR = 8  # start after at most 8 times that delay, even while a run trains; the helper has a low priority


class IdleStarter:
    """A thread that starts the helper when the board is idle, and again after it has ended.

    A helper that can't start, such as one without Keras, is started less and less often.
    """

    def __init__(self, settings: Settings, helper: HelperProcess) -> None:
        self._settings = settings
        self._helper = helper
        self._stopping = threading.Event()
        self._started_at = -math.inf
        self._pause_seconds = 0.0

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="idle starter").start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        database = open_database(self._settings)
        active = select(Run.id).where(Run.status.in_(ACTIVE)).limit(1)

        def is_idle() -> bool:
            with database.read() as session:
                return session.scalar(active) is None

        while not self._stopping.wait(CHECK_SECONDS):
            try:
                self._start_when(is_idle)
            except Exception:
                log.exception("the helper was not started; trying again")
        database.engine.dispose()

    def _start_when(self, is_idle: device_timing.Idle) -> None:
        delay = IDLE_SHARE * self._settings.idle_seconds
        if self._helper.is_running():
            return
        if self._stopping.wait(self._pause_after_failure()):
            return
        if device_timing.wait_until_idle(is_idle, delay, self._stopping, MAX_WAIT_FACTOR * delay):
            self._started_at = time.monotonic()
            self._helper.start()

    def _pause_after_failure(self) -> float:
        """Returns the seconds to wait before the next start: none for a helper that has lived for a while."""
        lived_seconds = time.monotonic() - self._started_at
        if lived_seconds > MAX_PAUSE_SECONDS:
            self._pause_seconds = 0.0
        else:
            self._pause_seconds = min(MAX_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds))
            log.error(
                "the helper has ended %.0f s after its start; next start in %.0f s", lived_seconds, self._pause_seconds
            )
        return self._pause_seconds
