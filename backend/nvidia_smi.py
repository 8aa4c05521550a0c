"""What `nvidia-smi` says about the GPUs of this machine: one call for all of them, for a worker and for `doctor`."""

import contextlib
import subprocess
from dataclasses import dataclass

QUERY = (
    "nvidia-smi",
    "--query-gpu=index,uuid,name,memory.used,memory.total",
    "--format=csv,noheader,nounits",
)
COLUMNS = 5
TIMEOUT_SECONDS = 20.0
NO_DEVICES = "No devices"  # its message, with or without an exit code, on a machine without a GPU


class NvidiaSmiError(Exception):
    """`nvidia-smi` failed or did not answer. The message is a sentence for the user."""


@dataclass(frozen=True)
class Gpu:
    """Memory is in bytes; None where the driver prints "[N/A]", as it does for shared memory."""

    index: str
    uuid: str
    title: str
    memory_used: int | None
    memory_total: int | None


def list_gpus() -> list[Gpu]:
    """Returns all GPUs; none on a machine without `nvidia-smi`.

    Raises:
        NvidiaSmiError: It failed, or did not answer within `TIMEOUT_SECONDS`.
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in _output().splitlines()]
    return [
        Gpu(index, uuid, title, _bytes(used), _bytes(total))
        for index, uuid, title, used, total in (row for row in rows if len(row) == COLUMNS)
    ]


def _output() -> str:
    try:
        process = subprocess.Popen(QUERY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise NvidiaSmiError(f"nvidia-smi could not be started: {error}.") from error
    try:
        output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=1)  # no longer: a process that hangs in the driver can't be killed
        raise NvidiaSmiError(f"nvidia-smi did not answer within {TIMEOUT_SECONDS:g} s: the driver hangs.") from None
    if process.returncode != 0 and NO_DEVICES not in output:
        reason = output.strip().partition("\n")[0] or f"exit code {process.returncode}"
        raise NvidiaSmiError(f"nvidia-smi failed: {reason.rstrip('.')}.")
    return output


def _bytes(mebibytes: str) -> int | None:
    return int(mebibytes) * 2**20 if mebibytes.isdecimal() else None
