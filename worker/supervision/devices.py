"""The devices of this machine: every GPU that `nvidia-smi` lists, or else the CPU. Each is one slot."""

import os
from dataclasses import dataclass

import psutil

from backend.nvidia_smi import Gpu, NvidiaSmiError, list_gpus
from backend.workers import DeviceSpeeds, Slot
from worker.processor import processor

NO_GPU = "-1"  # value of CUDA_VISIBLE_DEVICES that hides all GPUs, from TensorFlow and from this worker


@dataclass(frozen=True)
class Device:
    """A GPU or the CPU. `name` is the slot's name, `title` the model's; `uuid` is empty for the CPU.

    `error` says why the CPU is used on a machine whose GPUs could not be listed.
    """

    name: str
    title: str
    uuid: str = ""
    error: str | None = None

    def environment(self) -> dict[str, str]:
        """Returns the environment of a process that uses this device only; TensorFlow reads it on import."""
        return {
            **os.environ,
            "CUDA_VISIBLE_DEVICES": self.uuid or NO_GPU,
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONUNBUFFERED": "1",
        }


def devices(worker_number: int) -> list[Device]:
    """Returns all GPUs, or else the CPU, named after the worker's number on this machine."""
    cpu = Device(f"cpu-{worker_number}", processor())
    if os.environ.get("CUDA_VISIBLE_DEVICES") == NO_GPU:
        return [cpu]
    try:
        gpus = [Device(f"gpu-{gpu.index}", gpu.title, gpu.uuid) for gpu in list_gpus()]
    except NvidiaSmiError as error:
        return [Device(cpu.name, cpu.title, error=f"This slot trains on the processor. {error}")]
    return gpus or [cpu]


def slot(device: Device, gpu: Gpu | None = None, speeds: DeviceSpeeds | None = None) -> Slot:
    """Returns the device as a slot, with its memory in bytes, load and measured speeds. `gpu` is None for the CPU."""
    if device.uuid:
        used, total = (gpu.memory_used, gpu.memory_total) if gpu else (None, None)
    else:
        memory = psutil.virtual_memory()
        used, total = memory.total - memory.available, memory.total
    return Slot(
        name=device.name,
        kind="gpu" if device.uuid else "cpu",
        device=device.title,
        memory_used=used,
        memory_total=total,
        load=None if device.uuid else os.getloadavg()[0] / (os.cpu_count() or 1),
        multiplications_per_second=speeds.multiplications_per_second if speeds else None,
        training_costs=speeds.training_costs if speeds else None,
    )
