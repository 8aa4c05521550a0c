"""How many requests may write, or call the helper, at the same time.

Both may block for seconds, and the service has 40 threads for everything. So further requests wait without a thread, a
limited number of them for a limited time; the rest get 503 with Retry-After. Reads are not limited.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Depends
from starlette.concurrency import run_in_threadpool

from backend.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Limit:
    """`sentence` says, in an error, what takes so long."""

    running: int
    waiting: int
    wait_seconds: float
    sentence: str

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a slot and holds it for the block.

        Raises:
            Unavailable: too many requests are waiting, or this one has waited too long.
        """
        limiter, request = _limiter(self), object()
        if limiter.statistics().tasks_waiting >= self.waiting:
            raise self._unavailable()
        try:
            async with asyncio.timeout(self.wait_seconds):
                await limiter.acquire_on_behalf_of(request)
        except TimeoutError:
            raise self._unavailable() from None
        try:
            yield
        finally:
            limiter.release_on_behalf_of(request)

    def _unavailable(self) -> Unavailable:
        return Unavailable(f"{self.sentence} Nothing was changed; try again in a few seconds.")


WRITES = Limit(
    running=8, waiting=64, wait_seconds=10.0, sentence="The database is busy, and many requests wait to change it."
)
HELPER = Limit(
    running=8,
    waiting=32,
    wait_seconds=30.0,
    sentence="Many previews and predictions wait for the helper, which does one at a time.",
)
LOOKS = Limit(
    running=2,
    waiting=16,
    wait_seconds=60.0,
    sentence="Other uploads are being read, two at a time, and many wait.",
)
_limiters: RunVar[dict[Limit, CapacityLimiter]] = RunVar("limiters")


async def run_writing(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that writes to the database in a thread, once there is a slot for it."""
    async with WRITES.slot():
        return await run_in_threadpool(function, *args, **kwargs)


async def run_looking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that looks at a zip in a thread, once there is a slot for it: its child may take 2 GiB."""
    async with LOOKS.slot():
        return await run_in_threadpool(function, *args, **kwargs)


async def _write_slot() -> AsyncIterator[None]:
    async with WRITES.slot():
        yield


async def _helper_slot() -> AsyncIterator[None]:
    async with HELPER.slot():
        yield


# Scope "function": the slot is free again when the handler returns, before the response is sent.
WriteSlot = Depends(_write_slot, scope="function")
HelperSlot = Depends(_helper_slot, scope="function")


def _limiter(limit: Limit) -> CapacityLimiter:
    """Returns the limiter of this event loop: limiters belong to the loop that uses them, and a test has several."""
    limiters = _limiters.get({})
    _limiters.set(limiters)
    return limiters.setdefault(limit, CapacityLimiter(limit.running))
