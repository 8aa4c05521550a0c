"""The time until the board has answered a request."""

import statistics
import time
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure


def answers_ms(board: Board, repeats: int, path: str, **query: Any) -> list[float]:
    """Returns the milliseconds until each answer has arrived; the first one is kept apart."""
    address = f"http://127.0.0.1:{board.port}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        with urllib.request.urlopen(address, timeout=60) as response:
            response.read()
        times.append((time.perf_counter() - started) * 1e3)
    return times


def figure(name: str, times: Sequence[float], budget: float) -> Figure:
    details = {"first": round(times[0], 1), "worst": round(max(times[1:]), 1), "turns": len(times) - 1}
    return Figure(name, statistics.median(times[1:]), "ms", budget, details)
