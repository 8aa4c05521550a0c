"""Turns of threads are as long as before once the last block of short ones has ended, in whatever order they end."""

import sys

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
