"""Turns of threads are short while one computes, and it pauses for a while where others answer."""

import sys
import time
from threading import Thread

import pytest

from backend.runs.table.columns import short_turns
from backend.runs.table.columns.short_turns import SWITCH_SECONDS, ShortTurns


def test_turns_are_as_long_as_before_after_blocks_that_overlap() -> None:
    before, turns = sys.getswitchinterval(), ShortTurns()

    turns.__enter__()
    turns.__enter__()
    turns.__exit__(None, None, None)
    beside_one = sys.getswitchinterval()
    turns.__exit__(None, None, None)

    assert abs(beside_one - SWITCH_SECONDS) < 1e-6
    assert sys.getswitchinterval() == before


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> ShortTurns:
    """Has a block that has run for a minute, so that it may pause for half of it."""
    monkeypatch.setattr(short_turns, "MAX_PAUSE_SECONDS", 30.0)
    turns = ShortTurns()
    turns._entered_at = time.monotonic() - 60
    return turns


def test_a_thread_pauses_until_the_last_answer_is_given(turns: ShortTurns) -> None:
    computing = Thread(target=turns.pause, daemon=True)

    with turns.answering():
        with turns.answering():
            computing.start()
            assert is_paused(computing)
        assert is_paused(computing)

    computing.join(10)
    assert not computing.is_alive()


def is_paused(thread: Thread) -> bool:
    thread.join(0.05)
    return thread.is_alive()


def seconds_of_pause(turns: ShortTurns) -> float:
    started = time.monotonic()
    turns.pause()
    return time.monotonic() - started


def test_without_an_answer_there_is_no_pause(turns: ShortTurns) -> None:
    with turns.answering():
        pass

    assert seconds_of_pause(turns) < 5


def test_a_pause_is_as_long_as_an_answer_in_memory_may_take(turns: ShortTurns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_turns, "MAX_PAUSE_SECONDS", 0.1)

    with turns.answering():
        assert 0.05 < seconds_of_pause(turns) < 10
        assert seconds_of_pause(turns) < 0.05, "this answer waits for the database"


def test_pauses_take_half_of_the_time_of_a_block(turns: ShortTurns) -> None:
    turns._entered_at = time.monotonic() - 0.2

    with turns.answering():
        first, second = seconds_of_pause(turns), seconds_of_pause(turns)

    assert 0.05 < first < 10
    assert second < first
