"""The train worker of a machine: a supervisor and a trainer pool for each slot, heartbeats, and device timing."""

import logging
import queue
import re
import socket
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from backend import workers
from backend.db.clock import database_time
from backend.db.engine import open_database
from backend.db.errors import NO_ANSWER, reason
from backend.lifecycle import leases
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.queue import is_any_queued
from backend.settings import Settings
from backend.workers import Slot
from worker.datasets.built_in.cached import cached_datasets
from worker.polling import start_polling
from worker.supervision import device_timing
from worker.supervision.devices import Device, devices, slot
from worker.supervision.gpu_monitor import GpuMonitor
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import TrainerPool

# Another machine of the same host name may have a worker of the same name, which renews its leases in this time.
MISSED_HEARTBEATS = 2
UNKNOWN_PREDECESSOR = "runs of a killed process wait until their leases expire: %s"
FAILED_HEARTBEAT = "a heartbeat failed; the next one is in %g s"

log = logging.getLogger(__name__)


class TrainWorker:
    """Trains queued runs on the devices of this machine. `name` is Celery's, such as `train-0@host`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._database = open_database(settings)
        self._redis_stream = RedisStream(settings.broker_url)
        self._wakeups = Wakeups(settings)
        self._stopping = threading.Event()
        self._pollers: list[threading.Thread] = []
        self._heartbeat_at = -settings.lease_seconds
        self.supervisors = [self._supervisor(device) for device in devices(_number(name))]
        self._speeds = {
            supervisor.device: device_timing.stored_speeds(settings.data_dir, supervisor.device)
            for supervisor in self.supervisors
        }
        self._gpus = GpuMonitor(settings.heartbeat_seconds, self._stopping)
        self._free: queue.SimpleQueue[Supervisor] = queue.SimpleQueue()
        for supervisor in self.supervisors:
            self._free.put(supervisor)

    def _supervisor(self, device: Device) -> Supervisor:
        return Supervisor(
            settings=self._settings,
            database=self._database,
            redis_stream=self._redis_stream,
            worker=self._name,
            device=device,
            pool=TrainerPool(device, self._settings.prefork),
            stopping=self._stopping,
            wakeups=self._wakeups,
        )

    def start(self) -> None:
        """Preforks trainers, and starts heartbeats, device timing and a thread per slot that looks for queued runs."""
        self._watch_predecessor()
        for supervisor in self.supervisors:
            supervisor.pool.prefork()
            self._pollers.append(start_polling(self.train, self._settings.poll_seconds, self._stopping))
        if any(device.uuid for device in self._speeds):
            self._gpus.start()
        threading.Thread(target=self._send_heartbeats, daemon=True, name="heartbeat").start()
        threading.Thread(target=self._time_devices, daemon=True, name="device timing").start()

    def _watch_predecessor(self) -> None:
        """Notes the time before this process claims its first run, and waits in a thread for a process of its name."""
        try:
            with self._database.read() as session:
                started = database_time(session)
        except SQLAlchemyError as error:
            log.warning(UNKNOWN_PREDECESSOR, reason(error))
        else:
            threading.Thread(target=self._release_predecessor, args=(started,), daemon=True, name="predecessor").start()

    def _release_predecessor(self, started: float) -> None:
        """Requeues what a killed process of this worker trained, sooner than its lease expires."""
        if self._stopping.wait(MISSED_HEARTBEATS * self._settings.heartbeat_seconds):
            return
        try:
            with self._database.write() as session:
                events = leases.release_predecessor(session, self._name, started)
        except SQLAlchemyError as error:
            log.warning(UNKNOWN_PREDECESSOR, reason(error))
        else:
            self._redis_stream.publish(events)
            for run_id in dict.fromkeys(event.run for event in events):
                self._wakeups.train(run_id)

    def is_alive(self) -> bool:
        """Returns whether the last heartbeat that reached the database is younger than a lease."""
        return time.monotonic() - self._heartbeat_at < self._settings.lease_seconds

    def train(self) -> None:
        """Trains queued runs if a slot is free. Else it returns at once, so that a thread stays free for jobs.

        A slot that becomes free looks once more, because a wake-up may have found all slots busy just before.
        """
        while not self._stopping.is_set() and self._is_any_queued():
            try:
                supervisor = self._free.get_nowait()
            except queue.Empty:
                return
            try:
                supervisor.train_queued()
            finally:
                self._free.put(supervisor)

    def _is_any_queued(self) -> bool:
        if self._free.empty():
            return False
        with self._database.read() as session:
            return is_any_queued(session)

    def stop_accepting(self) -> None:
        """Claims no more runs and requeues those in training; each resumes after its last saved epoch."""
        self._stopping.set()

    def close(self) -> None:
        """Waits until its runs are requeued, ends the preforked trainers, and leaves the list of workers.

        Other workers are notified.
        """
        for poller in self._pollers:
            poller.join(self._settings.lease_seconds)
        for supervisor in self.supervisors:
            supervisor.pool.close()
        with self._database.write() as session:
            workers.remove(session, self._name)
        for _supervisor in self.supervisors:  # so that another worker starts at once
            self._wakeups.train("requeued by a worker that stops")

    def _time_devices(self) -> None:
        """Measures each kind of device once while no run is trained, and stops when one is claimed."""
        while missing := [device for device, speeds in self._speeds.items() if speeds is None]:
            if not device_timing.wait_until_idle(self._is_idle, self._settings.idle_seconds, self._stopping):
                return
            speeds = device_timing.time_device(self._settings.data_dir, missing[0], lambda: not self._is_idle())
            if speeds is None and self._is_idle():
                log.warning("%s could not be timed; epochs on it have no estimate", missing[0].title)
                return
            self._speeds.update({device: speeds for device in missing if device.title == missing[0].title})

    def _is_idle(self) -> bool:
        return self._free.qsize() == len(self.supervisors) and not self._stopping.is_set()

    def _send_heartbeats(self) -> None:
        host, seconds = socket.gethostname(), self._settings.heartbeat_seconds
        while not self._stopping.is_set():
            try:
                cached = cached_datasets(self._settings.data_dir / "datasets")
                slots = [self._slot(supervisor, cached) for supervisor in self.supervisors]
                with self._database.write() as session:
                    workers.report(session, self._name, host, slots)
                self._heartbeat_at = time.monotonic()
            except NO_ANSWER as error:
                log.warning(FAILED_HEARTBEAT + ": the database did not answer (%s)", seconds, reason(error))
            except Exception:
                log.exception(FAILED_HEARTBEAT, seconds)
            self._stopping.wait(seconds)

    def _slot(self, supervisor: Supervisor, cached: list[str]) -> Slot:
        """Returns a slot with its memory, its speeds, the datasets on its machine, and what is wrong with it."""
        device = supervisor.device
        reported = slot(device, self._gpus.gpu(device.uuid), self._speeds[device])
        reported.cached_datasets = cached
        if (error := supervisor.error) is not None:
            reported.error = f"No trainer can be started: {error.rstrip('.')}."
            reported.paused_seconds = supervisor.health.pause_seconds()
        else:
            reported.error = self._gpus.error(device.uuid) if device.uuid else device.error
        return reported


def _number(name: str) -> int:
    """Returns the number of a worker on its machine: 1 for `train-1@host`."""
    match = re.match(r"\D*(\d+)", name.partition("@")[0])
    return int(match.group(1)) if match else 0
