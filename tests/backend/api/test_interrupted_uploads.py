"""Uploads that a real server receives only in part: interrupted, too large, or without data for a while."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import uvicorn

from backend.api.http import request_body
from backend.application import create_app
from backend.db.engine import open_database
from backend.db.models import Dataset
from backend.settings import Settings
from tests.support.files.folders import files_below
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """Starts a real server and yields its port."""
    create_sqlite(settings)
    app = create_app(replace(settings, allowed_hosts=["127.0.0.1"]))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def begin_upload(port: int, headers: str, body: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = f"POST /api/datasets?name=pets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 5000000", bytes(3_000_000)),
        ("Transfer-Encoding: chunked", b"2dc6c0\r\n" + bytes(3_000_000) + b"\r\n"),
    ],
    ids=["with a length", "chunked"],
)
def test_an_interrupted_upload_leaves_nothing(settings: Settings, headers: str, body: bytes) -> None:
    with served(settings) as port:
        connection = begin_upload(port, headers, body)
        wait_until(lambda: bool(list(settings.data_dir.glob("uploads/*.part"))))

        connection.close()

        wait_until(lambda: not list(settings.data_dir.glob("uploads/*")))
    database = open_database(settings)
    with database.read() as session:
        assert session.get(Dataset, "pets") is None
    database.engine.dispose()


def test_an_error_response_reaches_a_client_that_is_still_sending(settings: Settings) -> None:
    with served(settings) as port, begin_upload(port, "Content-Length: 9000000000", b"") as connection:
        try:
            for _ in range(40):
                connection.sendall(bytes(2_000_000))
        except ConnectionError:
            pass
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_an_upload_without_data_for_a_while_is_cancelled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(request_body, "DRAIN_MAX_SECONDS", 0.1)
    with served(settings) as port, begin_upload(port, "Content-Length: 5000", b"PK") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert files_below(settings.data_dir, with_locks=False) == []
