"""Keeps the lease of a run for its supervisor: renews it on every heartbeat and checks it in between."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from backend.db.engine import Database
from backend.db.errors import reason
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # a kill is noticed within a second; a check only reads, a renewal writes
RETRY_SECONDS = 1.0  # until the next attempt after a renewal that failed: before the reaper looks again
OVERDUE_SHARE = 2 / 3  # of the lease: the trainer is stopped before another worker may claim the run
CONFIRMED_SECONDS = 3.0  # a check no older than this shows that no other worker has the run
MAX_LEASES = 2  # after so many leases without a renewal the trainer is stopped in any case


class LeaseKeeper:
    """`is_lost` turns true when the run was killed, or the lease expired and the run was requeued.

    `error` is the message of the database at the last renewal that failed.
    """

    def __init__(self, settings: Settings, database: Database, lease: Lease) -> None:
        self._settings = settings
        self._database = database
        self._lease = lease
        self._renewed_at = self._next_renewal = self._checked_at = self._confirmed_at = time.monotonic()
        self.is_lost = False
        self.error = "no reason is known"

    def renew_or_check(self) -> None:
        """Renews the lease if a heartbeat is due; otherwise checks once a second that it is still valid."""
        now = time.monotonic()
        if now >= self._next_renewal:
            self._renew(now)
        elif now - self._checked_at >= CHECK_SECONDS:
            self._check()

    @property
    def is_late(self) -> bool:
        """True when the last renewal is older than two thirds of the lease."""
        return self._age() > self._settings.lease_seconds * OVERDUE_SHARE

    @property
    def is_overdue(self) -> bool:
        """True when the lease is late, and the database can't be read either.

        While it is only locked, checks confirm that the run is still ours, and no other worker can claim it.
        """
        is_confirmed = time.monotonic() - self._confirmed_at < CONFIRMED_SECONDS
        return self.is_late and not (is_confirmed and self._age() < MAX_LEASES * self._settings.lease_seconds)

    def _age(self) -> float:
        return time.monotonic() - self._renewed_at

    def _renew(self, now: float) -> None:
        try:
            with self._database.write() as session:
                now = time.monotonic()  # after SQLite's lock, before the commit, as the lease's own time is
                self.is_lost = not leases.renew(session, self._lease, self._settings.lease_seconds)
        except SQLAlchemyError as error:
            self.error = reason(error)
            log.warning("could not renew the lease of run %s: %s", self._lease.run_id, self.error)
            self._next_renewal = time.monotonic() + RETRY_SECONDS
            self._check()
        else:
            self._renewed_at = self._checked_at = self._confirmed_at = now
            self._next_renewal = now + self._settings.heartbeat_seconds

    def _check(self) -> None:
        self._checked_at = now = time.monotonic()
        try:
            with self._database.read() as session:
                self.is_lost = not leases.is_valid(session, self._lease)
        except SQLAlchemyError as error:
            log.warning("could not check the lease of run %s: %s", self._lease.run_id, reason(error))
        else:
            self._confirmed_at = now
