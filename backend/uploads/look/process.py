"""Looks at a zip in a child process, since reading a zip's directory and pictures may take seconds and a GiB of memory.

`python -m backend.uploads.look.process` reads a request as JSON from standard input, and prints a `Look`, or
`{"error", "too_large"}`.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from backend.datasets.schemas import UploadOptions
from backend.errors import Invalid, TooLarge
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.look.schemas import Look

COMMAND = (sys.executable, "-m", "backend.uploads.look.process")
MAX_MEMORY_BYTES = 2 * 1024**3
TIMEOUT_SECONDS = 60
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # each further thread takes 40 MiB of the address space, and none is used


def look_at_zip(path: Path, options: UploadOptions, with_pictures: bool = True) -> Look:
    """Looks at a zip in a child process.

    Raises:
        Invalid, TooLarge: it can't become a dataset; the message names the entry.
    """
    chosen = options.model_dump(mode="json", include=set(UploadOptions.model_fields))
    request = json.dumps({"path": str(path), "options": chosen, "with_pictures": with_pictures})
    result = _run_child(request)
    if result.startswith(b'{"error"'):
        error = json.loads(result)
        raise (TooLarge if error["too_large"] else Invalid)(error["error"])
    return Look.model_validate_json(result)


def _run_child(request: str) -> bytes:
    environment = {**os.environ, **ONE_THREAD}
    try:
        process = subprocess.run(
            COMMAND, check=False, capture_output=True, input=request.encode(), timeout=TIMEOUT_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        raise TooLarge(f"The zip could not be read within {TIMEOUT_SECONDS} s; send a smaller zip.") from None
    if process.returncode != 0:
        lines = process.stderr.decode(errors="replace").strip().splitlines()
        reason = (lines or [f"exit code {process.returncode}"])[-1]
        raise Invalid(f"The zip's list of entries can't be read ({reason}); zip the folder again.")
    return process.stdout


def main() -> None:
    signal.alarm(2 * TIMEOUT_SECONDS)  # ends this process where the service was killed
    if sys.platform == "linux":  # other systems do not enforce this limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    request = json.load(sys.stdin)
    try:
        print(_look(**request))
    except InvalidZip as error:
        print(json.dumps({"error": str(error), "too_large": error.too_large}))
    except FileNotFoundError:
        sentence = "Another request has used or deleted this upload; send the zip again."
        print(json.dumps({"error": sentence, "too_large": False}))


def _look(path: str, options: dict[str, Any], with_pictures: bool) -> str:
    from backend.uploads.look.summary import make_look  # it imports NumPy and Pillow, which the service needs later

    return make_look(Path(path), UploadOptions.model_validate(options), with_pictures).model_dump_json()


if __name__ == "__main__":
    main()
