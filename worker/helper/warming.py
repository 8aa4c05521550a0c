"""The helper is started before somebody needs it, once no run is trained: loading Keras takes seconds."""

import logging
import threading

from sqlalchemy import select

from backend.db.engine import open_database
from backend.db.models import ACTIVE, Run
from backend.settings import Settings
from worker.helper.process import HelperProcess
from worker.supervision import device_timing

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
PART = 1 / 3
"""Of the wait after which devices are timed: that should find the processors free again."""
LONGEST = 8
"""Times as long, in any case: a run that takes hours is disturbed once, at a low priority."""


class Warming:
    def __init__(self, settings: Settings, helper: HelperProcess) -> None:
        self._settings = settings
        self._helper = helper
        self._leaving = threading.Event()

    def begin(self) -> None:
        threading.Thread(target=self._keep_warm, daemon=True, name="warming").start()

    def leave(self) -> None:
        self._leaving.set()

    def _keep_warm(self) -> None:
        database = open_database(self._settings)
        active = select(Run.id).where(Run.status.in_(ACTIVE)).limit(1)

        def idle() -> bool:
            with database.read() as session:
                return session.scalar(active) is None

        while not self._leaving.wait(LOOK_SECONDS):
            try:
                self._warm_when(idle)
            except Exception:
                log.exception("the helper was not warmed; it is tried again")
        database.engine.dispose()

    def _warm_when(self, idle: device_timing.Idle) -> None:
        seconds = PART * self._settings.idle_seconds
        if not self._helper.is_there() and device_timing.when_idle(idle, seconds, self._leaving, LONGEST * seconds):
            self._helper.warm()
