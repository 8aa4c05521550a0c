"""A lease as a supervisor holds on to it: renewed now and then, looked at each second in between."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.settings import Settings

log = logging.getLogger(__name__)

# How soon a person's kill is seen: a read is cheaper than a renewal.
LOOK_SECONDS = 1.0
# A lease of thirty seconds is given up after twenty without a renewal: before anybody else may take the run.
FENCE_SHARE = 2 / 3


class LeaseKeeper:
    """`lost`: the run is somebody else's by now, or was killed. `runs_out`: the database has not answered for long."""

    def __init__(self, settings: Settings, database: Database, lease: Lease) -> None:
        self._settings = settings
        self._database = database
        self._lease = lease
        self._renewed = self._due = self._looked = time.monotonic()
        self.lost = False

    def tend(self) -> None:
        """Renew or look, whatever is due."""
        now = time.monotonic()
        if now >= self._due:
            self._due += self._settings.heartbeat_seconds
            self._renew(now)
        elif now - self._looked >= LOOK_SECONDS:
            self._look(now)

    @property
    def runs_out(self) -> bool:
        return time.monotonic() - self._renewed > self._settings.lease_seconds * FENCE_SHARE

    def _renew(self, now: float) -> None:
        try:
            with self._database.write() as session:
                self.lost = not leases.renew(session, self._lease, self._settings.lease_seconds)
        except SQLAlchemyError as error:
            log.warning("could not renew the lease of run %s: %s", self._lease.run_id, error)
        else:
            self._renewed = self._looked = now  # the lease counts from before its commit

    def _look(self, now: float) -> None:
        self._looked = now
        try:
            with self._database.read() as session:
                self.lost = not leases.holds(session, self._lease)
        except SQLAlchemyError as error:
            log.warning("could not look at the lease of run %s: %s", self._lease.run_id, error)
