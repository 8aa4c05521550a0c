"""What can be said of an uploaded zip at once: its names, sizes and layout, not its images.

    python -m backend.datasets.zip_check FILE      prints {"images", "classes"}, or {"refused", "too_large"}

A process of its own: a zip's directory may need a GiB and seconds, which the service must not spend.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from backend.datasets.zip_entries import ZipRefused, entries, open_archive
from backend.datasets.zip_layout import find_layout
from backend.errors import Invalid, TooLarge

MEMORY_BYTES = 2 * 1024**3
SECONDS = 60.0


@dataclass(frozen=True)
class Found:
    images: int
    classes: int


def check_zip(path: Path) -> Found:
    """Look into the zip, in a child process.

    Raises:
        Invalid, TooLarge: it can't become a dataset; the sentence names the entry.
    """
    command = (sys.executable, "-m", "backend.datasets.zip_check", str(path))
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise TooLarge(
            f"The zip's list of entries could not be read within {SECONDS:g} s; send a smaller one."
        ) from None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Invalid(f"The zip's list of entries can't be read ({reason}); zip the folder again.")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise (TooLarge if answer["too_large"] else Invalid)(answer["refused"])
    return Found(**answer)


def main() -> None:
    if sys.platform == "linux":  # elsewhere the limit is not kept
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        with open_archive(Path(sys.argv[1])) as archive:
            layout = find_layout(archive, entries(archive))
        print(json.dumps({"images": len(layout.pictures), "classes": len(layout.classes)}))
    except ZipRefused as error:
        print(json.dumps({"refused": str(error), "too_large": error.too_large}))


if __name__ == "__main__":
    main()
