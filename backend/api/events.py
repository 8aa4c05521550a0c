"""Routes of server-sent events: one run, replayed and then live; the whole board, live only."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, get_args

from fastapi import Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from backend.api.deps import BoardDep, RunDep
from backend.api.http.event_stream import EventStream
from backend.api.http.openapi import REFERENCE
from backend.api.http.router import Router
from backend.db.engine import Database
from backend.live.hub import Hub
from backend.live.run_stream import has_ended, stream_run
from backend.live.schemas import EventPayload
from backend.runs.event_log import RETRY_MS, Kind, server_sent
from backend.runs.schemas import MAX_SEQ

router = Router(tags=["events"])


LAST_EVENT = "number of the last event that you have; the header goes before the query"
LastEventId = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=MAX_SEQ, description=LAST_EVENT)]


class EventsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    last_event_id: int | None = Field(None, ge=0, le=MAX_SEQ, description=LAST_EVENT)


PAYLOADS = [{"$ref": REFERENCE.format(model=model.__name__)} for model in get_args(EventPayload)]
EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": [*get_args(Kind)]},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"anyOf": PAYLOADS}},
    },
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events, each with this form", "content": {"text/event-stream": {"schema": EVENT}}}
}


@router.get(
    "/api/runs/{run_id}/events",
    summary="Follow a run",
    response_class=EventStream,
    responses={**STREAM, 204: {"description": "The run has ended and has no further events"}},
)
async def follow_run(
    run: RunDep,
    board: BoardDep,
    query: Annotated[EventsQuery, Query()],
    header: LastEventId = None,
) -> Response:
    """Streams a run's events from the first one, or after `Last-Event-ID`, with no hole and no repeat; then live ones.

    `id` is the number of an event; `progress` has none. After `end` of an ended run the stream closes, and a client
    that connects again gets 204, so that a browser stops.
    """
    after = query.last_event_id if header is None else header
    if after is not None and await run_in_threadpool(has_ended, board.database, run.id, after):
        return Response(status_code=204)
    return EventStream(_run_messages(board.hub, board.database, run.id, after or 0))


@router.get("/api/events", summary="Follow the board", response_class=EventStream, responses=STREAM)
async def follow_board(board: BoardDep) -> Response:
    """Streams the events of all runs from now on. `seq` is the number of an event in its run: a client that sees a gap
    reads the run again. It begins with `reset`. `workers` has all workers, after one has come, gone or changed,
    else every ten seconds; `datasets` has those that are being prepared or have changed, when they do.
    """
    return EventStream(_board_messages(board.hub))


async def _run_messages(hub: Hub, database: Database, run_id: str, after: int) -> AsyncGenerator[bytes, None]:
    async for event in stream_run(hub, database, run_id, after):
        yield event.run_message


async def _board_messages(hub: Hub) -> AsyncGenerator[bytes, None]:
    with hub.subscribe() as subscriber:
        yield server_sent("reset", {"run": None, "epoch": None}, retry_ms=RETRY_MS)
        async for events in subscriber.batches():
            yield b"".join([event.board_message for event in events])
