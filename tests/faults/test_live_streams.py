"""Readers of a run that trains: cut after each event and back, late, or on the board's own stream."""

import itertools

import pytest

from tests.support.program import Program, slow_spec
from tests.support.streams import StreamEvent

pytestmark = pytest.mark.slow

EPOCHS = 8


def test_a_reader_that_is_cut_after_each_event_gets_every_one_once(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    told: list[StreamEvent] = []
    cut = None
    while cut != []:  # at the tail of the ended run there is nothing more to read
        stream = program.events(run_id, after=sum(event.number is not None for event in told))
        cut = list(itertools.islice(stream, 1))
        stream.close()
        told += cut

    numbers = [event.number for event in told if event.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [event.data["epoch"] for event in told if event.kind == "epoch"] == list(range(1, EPOCHS + 1))


def test_early_and_late_readers_are_told_the_same(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    early = program.follow(run_id)
    program.at_epoch(run_id, 4)
    late = program.follow(run_id)

    program.ended(run_id)
    early.join()
    late.join()
    after = list(program.events(run_id))
    assert stored(early.told) == stored(late.told) == stored(after)
    assert after[-1].kind == "end"


def test_progress_comes_between_the_epochs_it_belongs_to(program: Program) -> None:
    run_id = program.launch(spec={**slow_spec(2), "batch_size": 2})
    follower = program.follow(run_id)
    program.ended(run_id)
    follower.join()

    ended = 0
    for event in follower.told:
        if event.kind == "progress":
            assert event.data["epoch"] == ended + 1
            assert 1 <= event.data["batch"] <= event.data["batches"] == 400
        ended = event.data["epoch"] if event.kind == "epoch" else ended
    assert any(event.kind == "progress" for event in follower.told)


def test_the_boards_stream_begins_with_reset_and_numbers_without_a_gap(program: Program) -> None:
    stream = program.board_events()
    first = next(stream)
    run_id = program.launch(recipe="digits-quick")
    told = [first]
    for event in stream:
        told.append(event)
        if event.kind == "status" and event.data["status"] == "finished":
            break
    stream.close()

    assert (first.kind, first.data["run"]) == ("reset", None)
    seen = [event.data["seq"] for event in told if event.data["run"] == run_id and event.data.get("seq")]
    assert seen == list(range(1, len(seen) + 1))
    assert all(event.number is None for event in told)


def stored(told: list[StreamEvent]) -> list[StreamEvent]:
    return [event for event in told if event.number is not None]
