"""Keeps the lease of a run for its supervisor: renews it on every heartbeat and checks it in between."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # a kill is noticed within a second; a check only reads, a renewal writes
OVERDUE_SHARE = 2 / 3  # of the lease: the trainer is stopped before another worker may claim the run


class LeaseKeeper:
    """`is_lost` turns true when the run was killed, or the lease expired and the run was requeued."""

    def __init__(self, settings: Settings, database: Database, lease: Lease) -> None:
        self._settings = settings
        self._database = database
        self._lease = lease
        self._renewed_at = self._next_renewal = self._checked_at = time.monotonic()
        self.is_lost = False

    def renew_or_check(self) -> None:
        """Renews the lease if a heartbeat is due; otherwise checks once a second that it is still valid."""
        now = time.monotonic()
        if now >= self._next_renewal:
            self._next_renewal += self._settings.heartbeat_seconds
            self._renew(now)
        elif now - self._checked_at >= CHECK_SECONDS:
            self._check(now)

    @property
    def is_overdue(self) -> bool:
        """True when the last renewal is older than two thirds of the lease, because the database does not answer."""
        return time.monotonic() - self._renewed_at > self._settings.lease_seconds * OVERDUE_SHARE

    def _renew(self, now: float) -> None:
        try:
            with self._database.write() as session:
                self.is_lost = not leases.renew(session, self._lease, self._settings.lease_seconds)
        except SQLAlchemyError as error:
            log.warning("could not renew the lease of run %s: %s", self._lease.run_id, error)
        else:
            self._renewed_at = self._checked_at = now  # taken before the commit, as the lease's own time is

    def _check(self, now: float) -> None:
        self._checked_at = now
        try:
            with self._database.read() as session:
                self.is_lost = not leases.is_valid(session, self._lease)
        except SQLAlchemyError as error:
            log.warning("could not check the lease of run %s: %s", self._lease.run_id, error)
