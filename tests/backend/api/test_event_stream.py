"""An event stream sends pings, and ends with its events, its client, or the server."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

import pytest
from starlette.types import Message

from backend.api.http import event_stream
from backend.api.http.event_stream import PING, EventStream
from backend.application import create_app
from backend.runs.event_log import RunEvent
from backend.settings import Settings
from tests.support.service.raw_http import served
from tests.support.storage.databases import create_sqlite

TIMEOUT_SECONDS = 5.0
Send = Callable[[Message], Awaitable[None]]


class Messages:
    """The events of a stream. `are_closed` is true once nothing holds them any more."""

    def __init__(self, *events: bytes, waits: bool = False) -> None:
        self.are_closed = False
        self._events = events
        self._waits = waits

    async def read(self) -> AsyncGenerator[bytes, None]:
        try:
            for event in self._events:
                yield event
            if self._waits:
                await asyncio.Event().wait()
        finally:
            self.are_closed = True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PING_SECONDS", 0.02)
    monkeypatch.setattr(event_stream, "SEND_SECONDS", 0.02)


def respond(messages: Messages, send: Send, disconnected_after: float = TIMEOUT_SECONDS) -> None:
    """Runs the response to a client that disconnects after so many seconds."""

    async def run() -> None:
        connected = asyncio.create_task(asyncio.sleep(disconnected_after))

        async def receive() -> Message:
            await asyncio.shield(connected)
            return {"type": "http.disconnect"}

        await asyncio.wait_for(EventStream(messages.read())({}, receive, send), TIMEOUT_SECONDS)

    asyncio.run(run())


class Client:
    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.has_whole_response = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.bodies.append(message["body"])
            self.has_whole_response = not message["more_body"]


def test_a_stream_ends_with_its_events() -> None:
    client, messages = Client(), Messages(b"one", b"two")

    respond(messages, client.send)

    assert client.bodies == [b"one", b"two", b""]
    assert client.has_whole_response


def test_a_silent_stream_sends_pings_until_its_client_disconnects() -> None:
    client, messages = Client(), Messages(b"one", waits=True)

    respond(messages, client.send, disconnected_after=0.07)

    assert client.bodies[0] == b"one"
    assert set(client.bodies[1:]) == {PING}
    assert messages.are_closed


def test_a_client_that_takes_nothing_is_given_up() -> None:
    messages = Messages(b"one", b"two")

    async def never_sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    respond(messages, never_sent)

    assert messages.are_closed


def test_streams_end_when_the_server_shuts_down(settings: Settings) -> None:
    settings = replace(settings, allowed_hosts=["127.0.0.1"])
    create_sqlite(settings)
    received: list[bytes] = []
    with served(create_app(settings), lifespan="on", timeout_graceful_shutdown=60) as port:
        client = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        client.sendall(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        received.append(client.recv(65_536))
        reader = threading.Thread(target=lambda: received.extend(iter(lambda: client.recv(65_536), b"")))
        reader.start()
    reader.join(TIMEOUT_SECONDS)
    client.close()

    assert b"".join(received).endswith(b"\r\n0\r\n\r\n")


def test_an_event_is_encoded_once_for_all_of_its_clients() -> None:
    event = RunEvent("r1", 1, "log", {"level": "info", "text": "a\nb"})

    assert event.board_message is event.board_message
    assert event.run_message is event.run_message
    assert event.run_message.startswith(b"id: 1\nevent: log\ndata: {")
    assert event.run_message.endswith(b"}\nretry: 2000\n\n")
    data = event.board_message.decode().splitlines()[1].removeprefix("data: ")
    assert json.loads(data) == {"run": "r1", "seq": 1, "level": "info", "text": "a\nb"}
