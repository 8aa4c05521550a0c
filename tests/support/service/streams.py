"""Parses server-sent events as a browser does."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StreamEvent:
    """One event. `number` is its id, None for an event that is not stored."""

    number: int | None
    kind: str
    data: Any


def read_stream(lines: Iterable[bytes]) -> Iterator[StreamEvent]:
    """Yields the events in the lines of a stream, without the comments that keep it open."""
    fields: dict[str, str] = {}
    for line in lines:
        text = line.decode().rstrip("\r\n")
        if text and not text.startswith(":"):
            name, _, value = text.partition(": ")
            fields[name] = value
        elif not text and "data" in fields:
            number = fields.get("id")
            yield StreamEvent(int(number) if number else None, fields["event"], json.loads(fields["data"]))
            fields = {}


def epochs_of(events: Iterable[StreamEvent]) -> list[int]:
    return [event.data["epoch"] for event in events if event.kind == "epoch"]
