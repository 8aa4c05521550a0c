"""Threads that look at the database every few seconds, so that a worker needs no message."""

import logging
import threading
from collections.abc import Callable

from backend.db.errors import NO_ANSWER, reason

log = logging.getLogger(__name__)


def start_polling(look: Callable[[], object], seconds: float, stopping: threading.Event) -> threading.Thread:
    """Calls `look` at once and then every `seconds` in a new thread until `stopping` is set. An error is logged."""
    thread = threading.Thread(target=_poll, args=(look, seconds, stopping), daemon=True, name="poll")
    thread.start()
    return thread


def _poll(look: Callable[[], object], seconds: float, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            look()
        except NO_ANSWER as error:
            log.warning("The database did not answer (%s); next attempt in %g s", reason(error), seconds)
        except Exception:
            log.exception("Looking for work failed; next attempt in %g s", seconds)
        stopping.wait(seconds)
