"""Checks an uploaded zip before the request is answered: entry names, sizes and layout, but not the images.

    python -m backend.uploads.check FILE OPTIONS      prints {"images", "classes"}, or {"error", "too_large"}

It runs in a child process, since reading a zip's directory may take seconds and a GiB of memory.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from backend.datasets.schemas import UploadOptions
from backend.errors import Invalid, TooLarge
from backend.uploads.archive.entries import list_entries, open_zip
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.find import find_layout

MAX_MEMORY_BYTES = 2 * 1024**3
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class ZipSummary:
    """How many images and classes a zip has."""

    images: int
    classes: int


def check_zip(path: Path, options: UploadOptions) -> ZipSummary:
    """Checks a zip in a child process, which gets the options as JSON.

    Raises:
        Invalid, TooLarge: it can't become a dataset; the message names the entry.
    """
    options_json = options.model_dump_json(include=set(UploadOptions.model_fields))
    command = (sys.executable, "-m", "backend.uploads.check", str(path), options_json)
    try:
        process = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise TooLarge(
            f"The zip's list of entries could not be read within {TIMEOUT_SECONDS:g} s; send a smaller zip."
        ) from None
    if process.returncode != 0:
        reason = (process.stderr.strip().splitlines() or [f"exit code {process.returncode}"])[-1]
        raise Invalid(f"The zip's list of entries can't be read ({reason}); zip the folder again.")
    result = json.loads(process.stdout)
    if "error" in result:
        raise (TooLarge if result["too_large"] else Invalid)(result["error"])
    return ZipSummary(**result)


def main() -> None:
    if sys.platform == "linux":  # other systems do not enforce this limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    try:
        options = UploadOptions.model_validate_json(sys.argv[2])
        with open_zip(Path(sys.argv[1])) as archive:
            layout = find_layout(archive, list_entries(archive), options)
        print(json.dumps({"images": len(layout.images), "classes": len(layout.classes)}))
    except InvalidZip as error:
        print(json.dumps({"error": str(error), "too_large": error.too_large}))


if __name__ == "__main__":
    main()
