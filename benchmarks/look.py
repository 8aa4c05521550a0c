"""The look at a zip of 60,000 images: its time, and what the memory of the API grows by while it is sent and read."""

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.memory import resident_mb
from tests.support.files.zips import encoded, noise

BUDGET_SECONDS, BUDGET_MB = 10.0, 64.0
IMAGES, SMOKE_IMAGES = 60_000, 200
CLASSES = 100
SAMPLE_SECONDS = 0.02
TIMEOUT_SECONDS = 120.0


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    images = SMOKE_IMAGES if options.smoke else IMAGES
    content = many_images(images)
    details = {"images": images, "megabytes": round(len(content) / 1e6, 1)}
    with peak_mb(board) as peak:
        before, started = resident_mb(board), time.perf_counter()
        look = board.post("/api/uploads", content, "application/zip", TIMEOUT_SECONDS)
        first_seconds = time.perf_counter() - started
        started = time.perf_counter()
        board.get(f"/api/uploads/{look['id']}?test_fraction=0.3", TIMEOUT_SECONDS)
        again_seconds = time.perf_counter() - started
    assert sum(look["splits"].values()) == images, look["splits"]
    yield Figure("look at a zip, with the time to send it", first_seconds, "s", BUDGET_SECONDS, details)
    yield Figure("look at it again with another option", again_seconds, "s", BUDGET_SECONDS, details)
    yield Figure("API process during both looks: growth", max(peak) - before, "MB", BUDGET_MB, details)


def many_images(count: int) -> bytes:
    """Returns a zip of JPEGs in class folders. No two have the same bytes; what follows a JPEG's end is not read."""
    photo, file = encoded(noise(0, 96, 96), "JPEG"), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            name = f"photos/class-{number % CLASSES:03}/{number:06}.jpg"
            archive.writestr(name, photo + number.to_bytes(4, "big"))
    return file.getvalue()


@contextmanager
def peak_mb(board: Board) -> Iterator[list[float]]:
    """Yields a list to which the API's memory is added again and again during the block."""
    samples, ended = [resident_mb(board)], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            samples.append(resident_mb(board))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()
