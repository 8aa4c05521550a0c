"""Requests to the helper: sent through Redis, handled by a helper process that keeps running."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis

from backend.errors import Invalid, Unavailable
from backend.messaging import rpc
from backend.messaging.rpc import HelperClient, connect, send_reply
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from tests.support.storage.valkey_server import Server
from tests.support.training.trainings import digits_dataset, spec
from worker.helper import process as helper_process
from worker.helper.process import PROCESS_ENDED, TIMED_OUT, HelperProcess

AUGMENTED = spec("digits", {"filters": [4], "dense_units": [8]}, augmentation={"rotation": 20.0})


@pytest.fixture
def with_redis(settings: Settings, valkey: Server) -> Settings:
    return replace(settings, redis_url=valkey.url)


def test_a_full_redis_is_named_to_the_caller(with_redis: Settings) -> None:
    with Redis.from_url(with_redis.broker_url) as client:
        client.config_set("maxmemory", "1mb")

    with pytest.raises(Unavailable, match="the request: it is full and refuses writes; raise its maxmemory"):
        HelperClient(with_redis, Wakeups(with_redis)).call({"kind": "preview"})


def test_a_response_returns_to_its_caller(with_redis: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[threading.Timer] = []

    def enqueue(_wakeups: Wakeups, address: str, request: dict[str, Any], _seconds: float) -> None:
        timers.append(threading.Timer(0.1, send_reply, (connect(with_redis), address, {"echo": request})))
        timers[0].start()

    monkeypatch.setattr(Wakeups, "answer", enqueue)

    response = HelperClient(with_redis, Wakeups(with_redis)).call({"kind": "preview"})

    timers[0].join()  # it still reads Redis' response when the client has the reply
    assert response == {"echo": {"kind": "preview"}}


@pytest.mark.parametrize(
    ("response", "error_type", "message"),
    [
        ({"invalid": "It is not an image."}, Invalid, "It is not an image"),
        (PROCESS_ENDED, Unavailable, "ended during this request"),
    ],
)
def test_a_failed_request_raises_the_workers_message(
    with_redis: Settings,
    monkeypatch: pytest.MonkeyPatch,
    response: dict[str, Any],
    error_type: type[Exception],
    message: str,
) -> None:
    def enqueue(_wakeups: Wakeups, address: str, _request: dict[str, Any], _seconds: float) -> None:
        send_reply(connect(with_redis), address, response)

    monkeypatch.setattr(Wakeups, "answer", enqueue)

    with pytest.raises(error_type, match=message):
        HelperClient(with_redis, Wakeups(with_redis)).call({"kind": "preview"})


def test_a_call_without_a_worker_times_out(with_redis: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "WAIT_SECONDS", 0.2)

    with pytest.raises(Unavailable, match=r"No worker replied within 0\.2 s"):
        HelperClient(with_redis, Wakeups(with_redis)).call({"kind": "preview"})


def test_a_call_without_redis_fails_at_once(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="Redis did not accept the request"):
        HelperClient(settings, Wakeups(settings)).call({"kind": "preview"})


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the dataset `digits`."""
    folder = tmp_path_factory.mktemp("data")
    digits_dataset(folder / "datasets")
    return folder


@pytest.fixture
def helper(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HelperProcess]:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(data_dir))
    helper = HelperProcess(timeout_seconds=60)
    yield helper
    helper.close()


def preview_request(data_dir: Path, seed: int = 0) -> dict[str, Any]:
    stored = next((data_dir / "datasets").glob("*/manifest.json")).parent
    return {
        "kind": "preview",
        "folder": stored.relative_to(data_dir).as_posix(),
        "spec": AUGMENTED.as_json(),
        "seed": seed,
    }


@pytest.mark.slow
def test_a_preview_has_16_images_that_depend_only_on_the_seed(helper: HelperProcess, data_dir: Path) -> None:
    first, again, other_seed = (helper.call(preview_request(data_dir, seed)) for seed in (0, 0, 1))

    assert len(first["images"]) == 16
    assert first["images"][0].startswith("data:image/png;base64,")
    assert first == again
    assert first != other_seed


@pytest.mark.slow
def test_a_failed_request_does_not_end_the_helper(helper: HelperProcess, data_dir: Path) -> None:
    response = helper.call({**preview_request(data_dir), "folder": "datasets/none"})

    assert "can't be read" in response["unavailable"]
    assert "images" in helper.call(preview_request(data_dir))


@pytest.mark.slow
def test_a_helper_that_times_out_is_killed(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(data_dir))
    helper = HelperProcess(timeout_seconds=0.05)

    assert helper.call(preview_request(data_dir)) == TIMED_OUT
    assert [child for child in psutil.Process().children() if "worker.helper" in " ".join(child.cmdline())] == []


@pytest.mark.parametrize("program", ["print('no json', flush=True); input()", "raise SystemExit(3)"])
def test_a_helper_that_prints_no_json_or_ends_is_reported(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "COMMAND", (sys.executable, "-c", f"input(); {program}"))
    helper = HelperProcess(timeout_seconds=30)

    assert helper.call({"kind": "preview"}) == PROCESS_ENDED
    helper.close()
