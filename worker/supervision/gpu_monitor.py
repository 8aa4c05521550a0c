"""Reads the memory of all GPUs for the heartbeats of a worker."""

import threading

from backend.nvidia_smi import Gpu, NvidiaSmiError, list_gpus


class GpuMonitor:
    """Reads the memory of all GPUs in a thread of its own, so that a driver that hangs delays no heartbeat."""

    def __init__(self, interval_seconds: float, stopping: threading.Event) -> None:
        self._interval_seconds = interval_seconds
        self._stopping = stopping
        self._gpus: dict[str, Gpu] = {}
        self._error: str | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="GPU monitor").start()

    def gpu(self, uuid: str) -> Gpu | None:
        """Returns a GPU as of the last answer; None before the first one and after a failure."""
        return self._gpus.get(uuid)

    def error(self, uuid: str) -> str | None:
        """Returns why nothing is known about a GPU."""
        is_missing = bool(self._gpus) and uuid not in self._gpus
        return "nvidia-smi does not list this GPU any more." if is_missing else self._error

    def read(self) -> None:
        """Asks `nvidia-smi` once."""
        try:
            self._gpus, self._error = {gpu.uuid: gpu for gpu in list_gpus()}, None
        except NvidiaSmiError as error:
            self._gpus, self._error = {}, str(error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.read()
            self._stopping.wait(self._interval_seconds)
