"""A version of the code that a training runs, for what was measured with it: it changes with each edit of that code."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEASURED = ("worker/training", "backend/planning/costs")


@cache
def code_version() -> str:
    """Returns a hash of the source files that a measurement depends on, with their paths."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in MEASURED for path in (ROOT / folder).rglob("*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
