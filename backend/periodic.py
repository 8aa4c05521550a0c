"""Background tasks of the service that repeat until they are cancelled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from backend.db.errors import NO_ANSWER, reason

log = logging.getLogger(__name__)


async def repeat(seconds: float, task: Callable[[], Awaitable[None]]) -> None:
    """Awaits `task` at once and again `seconds` after its end. An error is logged and ends nothing."""
    while True:
        try:
            await task()
        except NO_ANSWER as error:
            log.warning("The database did not answer (%s); next attempt in %g s", reason(error), seconds)
        except Exception:  # the task may be any, and an error must not end the others of its group
            log.exception("A background task failed; next attempt in %g s", seconds)
        await asyncio.sleep(seconds)
