"""What comparing the images of a dataset with each other has found. A jobs worker writes it beside the images, once."""

import secrets
import time
from pathlib import Path

from pydantic import BaseModel

FILE_NAME = "image-checks.json"
RETRY_SECONDS = 600.0  # memory may have run out only because of what else was running
Place = tuple[str, int]
"""An image: stored split and index."""


class NearDuplicate(BaseModel):
    first: Place
    second: Place
    difference: float


class Unlike(BaseModel):
    """An image that is `times` as far from the others of its class as they usually are."""

    place: Place
    times: float


class ImageChecks(BaseModel):
    """`equal` are groups of images with identical pixels. With `error`, nothing could be compared."""

    images: int = 0
    equal: list[list[Place]] = []
    near: list[NearDuplicate] = []
    is_near_complete: bool = True
    unlike: list[Unlike] = []
    error: str | None = None


def read_checks(folder: Path) -> ImageChecks | None:
    """Returns what was found in the dataset of a folder; None if it was not compared yet, or is to be compared again
    because that failed RETRY_SECONDS ago.
    """
    try:
        checks = ImageChecks.model_validate_json((folder / FILE_NAME).read_bytes())
        is_stale = checks.error and (folder / FILE_NAME).stat().st_mtime < time.time() - RETRY_SECONDS
    except (OSError, ValueError):
        return None
    return None if is_stale else checks


def write_checks(folder: Path, checks: ImageChecks) -> None:
    """Two workers may write at once: the last one stays."""
    temporary = folder / f"{FILE_NAME}.{secrets.token_hex(4)}"
    temporary.write_text(checks.model_dump_json())
    temporary.rename(folder / FILE_NAME)
