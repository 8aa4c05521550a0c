"""Streams large request bodies to disk: uploaded datasets, files of built-in datasets, images to predict."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from backend.api.http.problems import DISK_FULL
from backend.errors import DiskFull, Invalid, Problem, TooLarge, TooSlow
from backend.files import ReceivedFile, is_full, sync_file

WRITE_BYTES = 1024**2  # small chunks are joined up to this size, since each write switches to a thread
WRITE_SECONDS = 60.0  # but a slow body is written as often, or its file would look abandoned
IDLE_SECONDS = 60.0
UPLOAD_ADVICE = "Set EPOCHBOARD_MAX_UPLOAD_BYTES to allow more."

# A browser shows an error response only after its body was read, so the rest is read and discarded within these limits.
DRAIN_MAX_BYTES = 64 * 1024**2
DRAIN_MAX_SECONDS = 5.0


@asynccontextmanager
async def receive_body(
    request: Request, path: Path, max_bytes: int, advice: str = UPLOAD_ADVICE, *, is_synced: bool = True
) -> AsyncIterator[ReceivedFile]:
    """Writes the body to `path` and yields it; removes the file when the block ends, unless the block renamed it.

    `path` ends in `PARTIAL_SUFFIX`. `advice` is a sentence that follows the limit in the error. `is_synced` is False
    for a file that lives only as long as the block: it is not flushed to the disk.

    Raises:
        TooLarge: the body has more than `max_bytes`.
        TooSlow: no data arrived for IDLE_SECONDS.
        DiskFull: the disk is full, also where the block finds it.
        Invalid: the client disconnected. It never receives this response.
    """
    try:
        await run_in_threadpool(path.parent.mkdir, parents=True, exist_ok=True)
        body = await _write_to_disk(request, path, max_bytes, advice)
        if is_synced:
            await run_in_threadpool(sync_file, path)
        yield body
    except ClientDisconnect:
        raise Invalid("The upload was interrupted before it was complete; nothing was kept.") from None
    except OSError as error:
        if not is_full(error):
            raise
        raise DiskFull(DISK_FULL) from error
    finally:
        await run_in_threadpool(path.unlink, missing_ok=True)


def check_length(request: Request, max_bytes: int, advice: str = UPLOAD_ADVICE) -> None:
    """Raises TooLarge if the Content-Length header exceeds `max_bytes`, before the body is read."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise _too_large(max_bytes, advice)


@asynccontextmanager
async def drained_on_error(request: Request) -> AsyncIterator[None]:
    """Drains the request body on an error, so that the client receives the response and not a connection reset."""
    try:
        yield
    except Problem:
        await drain(request)
        raise


async def drain(request: Request) -> None:
    """Reads and discards the rest of the body, up to DRAIN_MAX_BYTES and DRAIN_MAX_SECONDS."""
    left = DRAIN_MAX_BYTES
    try:
        async with asyncio.timeout(DRAIN_MAX_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):
        return  # RuntimeError: the stream was already read to its end


async def _write_to_disk(request: Request, path: Path, max_bytes: int, advice: str) -> ReceivedFile:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for block in _blocks(request):
            size += len(block)
            if size > max_bytes:
                raise _too_large(max_bytes, advice)
            await run_in_threadpool(_write_and_hash, file, digest.update, block)
    return ReceivedFile(path, size, digest.hexdigest())


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """Yields the body in blocks of at least WRITE_BYTES, or of WRITE_SECONDS, and the rest of it last."""
    block, yielded_at = bytearray(), time.monotonic()
    chunks = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                block += await anext(chunks)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise TooSlow(
                f"No data arrived for {IDLE_SECONDS:g} s, so the upload was cancelled. Send it again."
            ) from None
        if len(block) >= WRITE_BYTES or time.monotonic() - yielded_at > WRITE_SECONDS:
            yield bytes(block)
            block.clear()
            yielded_at = time.monotonic()
    yield bytes(block)


def _write_and_hash(file: BinaryIO, update: Callable[[bytes], object], block: bytes) -> None:
    file.write(block)
    file.flush()
    update(block)


def _too_large(max_bytes: int, advice: str) -> TooLarge:
    return TooLarge(f"The body is larger than the allowed {max_bytes:,} bytes. {advice}")
