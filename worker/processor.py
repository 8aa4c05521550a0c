"""The processor of this machine: its name, and the vector extension that decides how results are rounded."""

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
# Best first: libraries choose their kernels by these, and each kernel may sum in another order.
BFLOAT16 = ("amx_bf16", "avx512_bf16")  # those that multiply bfloat16
EXTENSIONS = (*BFLOAT16, "avx512f", "avx2", "asimd")


def processor() -> str:
    """Returns the model name, or the architecture where the system gives no name."""
    return _value("model name") or platform.processor() or platform.machine()


def extension() -> str:
    """Returns the best vector extension of `EXTENSIONS`; empty if the processor has none of them."""
    flags = (_value("flags") or _value("Features")).split()
    return next((name for name in EXTENSIONS if name in flags), "")


def _value(key: str) -> str:
    """Returns the first value of a key in /proc/cpuinfo; empty if there is none."""
    try:
        lines = CPUINFO.read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
