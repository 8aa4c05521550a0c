"""The devices of this machine: every GPU that `nvidia-smi` lists, or else the CPU. Each is one slot."""

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
COLUMNS = 5


@dataclass(frozen=True)
class Device:
    """A GPU or the CPU. `name` is the slot's name, `title` the model's; `uuid` is empty for the CPU."""

    name: str
    title: str
    uuid: str = ""

    def environment(self) -> dict[str, str]:
        """Returns the environment of a process that uses this device only; TensorFlow reads it on import."""
        return {
            **os.environ,
            "CUDA_VISIBLE_DEVICES": self.uuid or "-1",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONUNBUFFERED": "1",
        }


def devices(worker_number: int) -> list[Device]:
    """Returns all GPUs, or else the CPU, named after the worker's number on this machine."""
    gpus = [Device(f"gpu-{row[0]}", row[2], row[1]) for row in _gpu_rows()]
    return gpus or [Device(f"cpu-{worker_number}", processor())]


def slot(device: Device, speeds: dict[str, float] | None = None) -> Slot:
    """Returns the device as a slot, with its current memory in bytes and its measured speeds."""
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
    return [row for row in rows if len(row) == COLUMNS]


def _bytes(mebibytes: str) -> int | None:
    """Converts MiB to bytes; None for "[N/A]", which the driver prints for shared memory."""
    return int(mebibytes) * 2**20 if mebibytes.isdecimal() else None
