"""Readers of a training run's stream: cut after each event, late, or on the board's own stream."""

import itertools

import pytest

from tests.support.service.program import Program, slow_spec, tiny_spec
from tests.support.service.streams import StreamEvent, epochs_of

pytestmark = pytest.mark.slow

EPOCHS = 8


def test_a_reader_that_is_cut_after_each_event_receives_every_event_once(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    events: list[StreamEvent] = []
    received = None
    while received != []:  # after the last event of the ended run, the stream is empty
        stream = program.events(run_id, after=len(stored(events)))
        received = list(itertools.islice(stream, 1))
        stream.close()
        events += received

    numbers = [event.number for event in stored(events)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert epochs_of(events) == list(range(1, EPOCHS + 1))


def test_early_and_late_readers_receive_the_same_events(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    early = program.subscribe(run_id)
    program.at_epoch(run_id, 4)
    late = program.subscribe(run_id)

    program.ended(run_id)
    early.join()
    late.join()
    after = list(program.events(run_id))
    assert stored(early.events) == stored(late.events) == stored(after)
    assert after[-1].kind == "end"


def test_progress_comes_between_the_epochs_it_belongs_to(program: Program) -> None:
    run_id = program.launch(spec={**slow_spec(2), "batch_size": 2})
    subscriber = program.subscribe(run_id)
    program.ended(run_id)
    subscriber.join()

    ended = 0
    for event in subscriber.events:
        if event.kind == "progress":
            assert event.data["epoch"] == ended + 1
            assert 1 <= event.data["batch"] <= event.data["batches"] == 400
        ended = event.data["epoch"] if event.kind == "epoch" else ended
    assert any(event.kind == "progress" for event in subscriber.events)


def test_the_boards_stream_begins_with_reset_and_its_numbers_have_no_gap(program: Program) -> None:
    stream = program.board_events()
    first = next(stream)
    run_id = program.launch(spec=tiny_spec())
    events = [first]
    for event in stream:
        events.append(event)
        if event.kind == "status" and event.data["status"] == "finished":
            break
    stream.close()

    assert (first.kind, first.data["run"]) == ("reset", None)
    numbers = [event.data["seq"] for event in events if event.data["run"] == run_id and event.data.get("seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(event.number is None for event in events)


def stored(events: list[StreamEvent]) -> list[StreamEvent]:
    return [event for event in events if event.number is not None]
