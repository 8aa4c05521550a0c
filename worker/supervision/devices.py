"""The slots of this machine: one a GPU that `nvidia-smi` shows, else one for the CPU."""

import os
import subprocess
from dataclasses import dataclass

import psutil

from backend.workers import Slot
from worker.processor import processor

QUERY = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.used,memory.total",
    "--format=csv,noheader,nounits",
)
CELLS = 5


@dataclass(frozen=True)
class Device:
    """Where a trainer computes. `uuid` is empty for the CPU."""

    name: str
    title: str
    uuid: str = ""

    def environment(self) -> dict[str, str]:
        """What a trainer's process must have set before TensorFlow looks for devices."""
        return {
            **os.environ,
            "CUDA_VISIBLE_DEVICES": self.uuid or "-1",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONUNBUFFERED": "1",
        }


def devices(worker_number: int) -> list[Device]:
    """The devices of a worker: all GPUs, or the CPU under the number of the worker on this machine."""
    gpus = [Device(f"gpu-{row[0]}", row[2], row[1]) for row in _gpu_rows()]
    return gpus or [Device(f"cpu-{worker_number}", processor())]


def described(device: Device, speeds: dict[str, float] | None = None) -> Slot:
    """A device with its memory as of now, in bytes, and how fast it was found to be."""
    if not device.uuid:
        memory = psutil.virtual_memory()
        return Slot(
            name=device.name,
            kind="cpu",
            device=device.title,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            multiplications_per_second=speeds,
        )
    used, total = next(((row[3], row[4]) for row in _gpu_rows() if row[1] == device.uuid), ("", ""))
    return Slot(
        name=device.name,
        kind="gpu",
        device=device.title,
        memory_used=_bytes(used),
        memory_total=_bytes(total),
        multiplications_per_second=speeds,
    )


def _gpu_rows() -> list[list[str]]:
    try:
        done = subprocess.run(QUERY, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in done.stdout.splitlines()]
    return [row for row in rows if len(row) == CELLS]


def _bytes(mebibytes: str) -> int | None:
    """None where the driver says "[N/A]", as it does for shared memory."""
    return int(mebibytes) * 2**20 if mebibytes.isdecimal() else None
