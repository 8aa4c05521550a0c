"""The processor of this machine, by name and by what decides how numbers are rounded."""

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
# Libraries choose their kernels by these, the best first; other kernels may add in another order.
EXTENSIONS = ("amx_bf16", "avx512_bf16", "avx512f", "avx2", "asimd")


def processor() -> str:
    """Its name as people know it."""
    return _value("model name") or platform.processor() or platform.machine()


def extension() -> str:
    """The best of its vector extensions that libraries look for; empty where none is known."""
    flags = (_value("flags") or _value("Features")).split()
    return next((name for name in EXTENSIONS if name in flags), "")


def _value(key: str) -> str:
    """The first value of that key, empty where there is none."""
    try:
        lines = CPUINFO.read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
