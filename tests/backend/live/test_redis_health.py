"""Redis is healthy when it accepts a write; a server that is full or read-only answers every ping."""

import pytest
from redis import Redis

from backend.live.redis_stream import RedisStream
from backend.settings import Settings
from tests.support.storage.valkey_server import Server


def test_an_empty_server_is_ok(valkey: Server) -> None:
    assert RedisStream(valkey.url).health() == "ok"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("CONFIG SET maxmemory 1mb", "is full and refuses writes; raise its maxmemory"),
        ("REPLICAOF 127.0.0.1 1", "is read-only; EPOCHBOARD_REDIS_URL must name the primary"),
        ("CONFIG SET min-replicas-to-write 1", "refuses writes: NOREPLICAS"),
    ],
)
def test_a_server_that_refuses_writes_says_why(valkey: Server, command: str, message: str) -> None:
    with Redis.from_url(valkey.url) as client:
        client.execute_command(*command.split())

    assert RedisStream(valkey.url).health().startswith(message)


def test_a_server_that_is_away_does_not_answer(settings: Settings) -> None:
    assert RedisStream(settings.broker_url).health() == "does not answer"
