"""Fetching a file over a bad line from a real server."""

import hashlib
import socket
import threading
from pathlib import Path

import httpx
import pytest

from tests.support.file_server import Manners, serving
from worker.datasets import fetching
from worker.datasets.fetching import FetchFailed, fetch
from worker.datasets.progress import Step

CONTENT = bytes(range(256)) * 8_000
HASH = hashlib.sha256(CONTENT).hexdigest()
OTHER = CONTENT[::-1]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", httpx.Timeout(0.5))


def fetched(address: str, folder: Path, told: list[Step] | None = None) -> bytes:
    target = folder / "file.gz"
    fetch(f"{address}/file.gz", target, HASH, [].append if told is None else told.append)
    assert [path.name for path in folder.iterdir()] == ["file.gz"]
    return target.read_bytes()


def test_a_file_arrives_and_its_bytes_are_counted(tmp_path: Path) -> None:
    told: list[Step] = []
    with serving(Manners(CONTENT)) as address:
        assert fetched(address, tmp_path, told) == CONTENT

    assert (told[0].text, told[0].done, told[0].total, told[0].unit) == ("Fetching file.gz", 0, len(CONTENT), "bytes")
    assert told[-1].done == len(CONTENT)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert str(told[-1]) == "Fetching file.gz: 2.0 MB of 2.0 MB"


def test_a_cut_line_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    manners = Manners(CONTENT, cuts=[500_000, 700_000, 10, 20, 30, 40, 50])
    with serving(manners) as address:
        assert fetched(address, tmp_path) == CONTENT

    assert manners.asked[:3] == ["", "bytes=500000-", "bytes=1200000-"]
    assert len(manners.asked) == 8, "a try that brought something is not held against it"


def test_what_another_process_left_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1_000_000])
    manners = Manners(CONTENT)
    with serving(manners) as address:
        assert fetched(address, tmp_path) == CONTENT

    assert manners.asked == ["bytes=1000000-"]


def test_a_complete_part_needs_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT)
    with serving(Manners(CONTENT)) as address:
        assert fetched(address, tmp_path) == CONTENT


@pytest.mark.parametrize("left", [OTHER[:1_000_000], CONTENT + b"more"], ids=["of another file", "too long"])
def test_what_does_not_belong_to_it_is_thrown_away(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "file.gz.part").write_bytes(left)
    with serving(Manners(CONTENT)) as address:
        assert fetched(address, tmp_path) == CONTENT


def test_a_server_that_ignores_ranges_begins_again(tmp_path: Path) -> None:
    manners = Manners(CONTENT, cuts=[500_000], ranges=False)
    with serving(manners) as address:
        assert fetched(address, tmp_path) == CONTENT

    assert manners.asked == ["", "bytes=500000-"]


def test_a_file_that_changed_meanwhile_is_begun_again(tmp_path: Path) -> None:
    manners = Manners(OTHER, cuts=[500_000], etag='"old"')
    told: list[Step] = []

    def change(step: Step) -> None:
        told.append(step)
        if "again in" in step.text:
            manners.content, manners.etag = CONTENT, '"new"'

    with serving(manners) as address:
        fetch(f"{address}/file.gz", tmp_path / "file.gz", HASH, change)
    assert (tmp_path / "file.gz").read_bytes() == CONTENT
    assert len(manners.asked) == 2


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    manners = Manners(CONTENT, statuses=[503, 429, 500])
    with serving(manners) as address:
        assert fetched(address, tmp_path) == CONTENT


def test_a_wrong_file_is_not_kept(tmp_path: Path) -> None:
    with serving(Manners(OTHER)) as address, pytest.raises(FetchFailed, match=f"whose SHA-256 is .* and not {HASH}"):
        fetched(address, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_not_asked_for_again(tmp_path: Path) -> None:
    manners = Manners(CONTENT, statuses=[404])
    with serving(manners) as address, pytest.raises(FetchFailed, match=r"/file\.gz answered 404 Not Found"):
        fetched(address, tmp_path)
    assert len(manners.asked) == 1


def test_a_line_that_brings_nothing_is_given_up(tmp_path: Path) -> None:
    manners = Manners(CONTENT, cuts=[1000] + [0] * 20)
    with serving(manners) as address, pytest.raises(FetchFailed, match=f"{address}/file.gz: "):
        fetched(address, tmp_path)

    assert len(manners.asked) == 1 + fetching.FRUITLESS_TRIES
    assert (tmp_path / "file.gz.part").stat().st_size == 1000, "the next try goes on after it"


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FRUITLESS_TRIES", 1)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(FetchFailed, match="timed out"):
        fetched(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path)


def test_nobody_there_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"http://127\.0\.0\.1:1/file\.gz: "):
        fetched("http://127.0.0.1:1", tmp_path)


def test_two_who_want_the_same_file_fetch_it_once(tmp_path: Path) -> None:
    manners = Manners(CONTENT)
    with serving(manners) as address:
        others = [
            threading.Thread(target=fetch, args=(f"{address}/file.gz", tmp_path / "file.gz", HASH, lambda _step: None))
            for _ in range(4)
        ]
        for other in others:
            other.start()
        for other in others:
            other.join()

    assert manners.asked == [""]
    assert [path.name for path in tmp_path.iterdir()] == ["file.gz"]
