"""A train worker of one machine: its slots, each with a supervisor and a warm spare, and its heartbeat."""

import logging
import queue
import re
import socket
import threading
import time

from backend import workers
from backend.db.engine import open_database
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from worker.supervision import device_timing
from worker.supervision.devices import described, devices
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import TrainerPool

log = logging.getLogger(__name__)


class TrainWorker:
    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._database = open_database(settings)
        self._leaving = threading.Event()
        self._seen = -settings.lease_seconds
        self._jobs = Wakeups(settings)
        wire = RedisStream(settings.wire_url)
        self.slots = [
            Supervisor(settings, self._database, wire, name, device, TrainerPool(device), self._leaving, self._jobs)
            for device in devices(_number(name))
        ]
        self._speeds = {slot.device: device_timing.remembered(settings.data_dir, slot.device) for slot in self.slots}
        self._free: queue.SimpleQueue[Supervisor] = queue.SimpleQueue()
        for slot in self.slots:
            self._free.put(slot)

    def begin(self) -> None:
        """Warm the spares, say that we are here, and look for runs that wait."""
        for slot in self.slots:
            slot.spare.warm()
            self._jobs.wake("that waited for this worker")
        threading.Thread(target=self._beat, daemon=True, name="heartbeat").start()
        threading.Thread(target=self._time, daemon=True, name="timing").start()

    def is_seen(self) -> bool:
        """Whether the board takes this worker for alive."""
        return time.monotonic() - self._seen < self._settings.lease_seconds

    def train(self) -> None:
        """Train on a free slot until no run waits. There are as many threads as slots, so one is free."""
        slot = self._free.get()
        try:
            slot.train_all()
        finally:
            self._free.put(slot)

    def leave(self) -> None:
        """Hand the runs back: each goes on elsewhere after its last saved epoch."""
        self._leaving.set()

    def close(self) -> None:
        for slot in self.slots:
            slot.spare.end()
        with self._database.write() as session:
            workers.leave(session, self._name)
        for _slot in self.slots:  # another worker need not wait for the sweeper
            self._jobs.wake("that this worker hands back")

    def _time(self) -> None:
        """Time each kind of device once, as soon as no run is trained, and give way to one that comes."""
        while missing := [device for device, speeds in self._speeds.items() if speeds is None]:
            if not device_timing.when_idle(self._idle, self._settings.idle_seconds, self._leaving):
                return
            found = device_timing.time_device(self._settings.data_dir, missing[0], lambda: not self._idle())
            if found is None and self._idle():
                log.warning("%s could not be timed; the page can't say how long an epoch takes there", missing[0].title)
                return
            self._speeds.update({device: found for device in missing if device.title == missing[0].title})

    def _idle(self) -> bool:
        return self._free.qsize() == len(self.slots) and not self._leaving.is_set()

    def _beat(self) -> None:
        host = socket.gethostname()
        while not self._leaving.is_set():
            try:
                slots = [described(slot.device, self._speeds[slot.device]) for slot in self.slots]
                with self._database.write() as session:
                    workers.report(session, self._name, host, slots)
                self._seen = time.monotonic()
            except Exception:
                log.exception("a heartbeat failed; the next one is in %g s", self._settings.heartbeat_seconds)
            self._leaving.wait(self._settings.heartbeat_seconds)


def _number(name: str) -> int:
    """The number of a worker on its machine: 1 of `train-1@host`."""
    found = re.match(r"\D*(\d+)", name.partition("@")[0])
    return int(found.group(1)) if found else 0
