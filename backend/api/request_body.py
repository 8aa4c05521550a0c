"""A large body of a request, brought to disk piece by piece: it is there completely, or not at all."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from backend.errors import Invalid, Problem, TooLarge, TooSlow
from backend.files import ReceivedFile

PIECE_BYTES = 1024**2
IDLE_SECONDS = 60.0
MORE = "here; EPOCHBOARD_MAX_UPLOAD_BYTES allows more"

# A browser hears a refusal only when its body was taken: what is left is read, and thrown away, within these limits.
DISCARDED_BYTES = 64 * 1024**2
DISCARDING_SECONDS = 5.0


@asynccontextmanager
async def received(request: Request, path: Path, limit: int, advice: str = MORE) -> AsyncIterator[ReceivedFile]:
    """The body as a file at `path`, a name ending in PARTIAL, removed at the block's end if it is still there.

    Raises:
        TooLarge: it has more than `limit` bytes, or its header says so; `advice` ends the sentence.
        TooSlow: nothing came for a while.
        Invalid: the sender went away in the middle; nobody reads that answer.
    """
    try:
        await run_in_threadpool(path.parent.mkdir, parents=True, exist_ok=True)
        yield await _to_disk(request, path, limit, advice)
    except ClientDisconnect:
        raise Invalid("The upload ended before it was complete; nothing of it was kept.") from None
    finally:
        await run_in_threadpool(path.unlink, missing_ok=True)


def check_length(request: Request, limit: int, advice: str = MORE) -> None:
    """Refuse a body by its header, before it comes."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit, advice)


@asynccontextmanager
async def heard(request: Request) -> AsyncIterator[None]:
    """Have a refusal reach a sender who is still sending."""
    try:
        yield
    except Problem:
        await discard(request)
        raise


async def discard(request: Request) -> None:
    """Read what is left of the body, that its sender hears the answer."""
    left = DISCARDED_BYTES
    try:
        async with asyncio.timeout(DISCARDING_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):
        return  # it is gone, or was read to its end already


async def _to_disk(request: Request, path: Path, limit: int, advice: str) -> ReceivedFile:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for piece in _pieces(request):
            size += len(piece)
            if size > limit:
                raise _too_large(limit, advice)
            await run_in_threadpool(_keep, file.write, digest.update, piece)
        await run_in_threadpool(_sync, file)
    return ReceivedFile(path, size, digest.hexdigest())


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces that are worth a thread's attention."""
    piece = bytearray()
    chunks = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                piece += await anext(chunks)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise TooSlow(f"Nothing came for {IDLE_SECONDS:g} s, so the upload was given up; send it again.") from None
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _keep(write: Callable[[bytes], object], update: Callable[[bytes], object], piece: bytes) -> None:
    write(piece)
    update(piece)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _too_large(limit: int, advice: str) -> TooLarge:
    return TooLarge(f"The body is larger than the {limit:,} bytes that are allowed {advice}.")
