"""Downloads a file from a real server over an unreliable connection."""

import hashlib
import socket
import threading
from pathlib import Path

import httpx
import pytest

from tests.support.files.file_server import ServedFile, serving
from worker.datasets import fetching
from worker.datasets.fetching import fetch
from worker.datasets.progress import ProgressUpdate
from worker.errors import FetchFailed

CONTENT = bytes(range(256)) * 8_000
HASH = hashlib.sha256(CONTENT).hexdigest()
OTHER_CONTENT = CONTENT[::-1]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", httpx.Timeout(0.5))


def fetched(address: str, folder: Path) -> tuple[bytes, list[ProgressUpdate]]:
    target = folder / "file.gz"
    updates: list[ProgressUpdate] = []
    fetch(f"{address}/file.gz", target, HASH, updates.append)
    assert [path.name for path in folder.iterdir()] == ["file.gz"]
    return target.read_bytes(), updates


def test_a_file_is_downloaded_and_its_bytes_are_reported(tmp_path: Path) -> None:
    with serving(ServedFile(CONTENT)) as address:
        content, updates = fetched(address, tmp_path)

    first = updates[0]
    assert content == CONTENT
    assert (first.text, first.done, first.total, first.unit) == ("Downloading file.gz", 0, len(CONTENT), "bytes")
    assert updates[-1].done == len(CONTENT)
    assert [update.done for update in updates] == sorted(update.done for update in updates)
    assert str(updates[-1]) == "Downloading file.gz: 2.0 MB of 2.0 MB"


def test_a_cut_connection_is_resumed_where_it_broke(tmp_path: Path) -> None:
    served = ServedFile(CONTENT, cut_after=[500_000, 700_000, 10, 20, 30, 40, 50])
    with serving(served) as address:
        assert fetched(address, tmp_path)[0] == CONTENT

    assert served.requests[:3] == ["", "bytes=500000-", "bytes=1200000-"]
    assert len(served.requests) == 8, "only attempts without a byte count towards the limit"


def test_a_partial_file_of_another_process_is_resumed(tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT[:1_000_000])
    served = ServedFile(CONTENT)
    with serving(served) as address:
        assert fetched(address, tmp_path)[0] == CONTENT

    assert served.requests == ["bytes=1000000-"]


def test_a_complete_partial_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(CONTENT)
    with serving(ServedFile(CONTENT)) as address:
        assert fetched(address, tmp_path)[0] == CONTENT


@pytest.mark.parametrize("partial", [OTHER_CONTENT[:1_000_000], CONTENT + b"more"], ids=["of another file", "too long"])
def test_a_wrong_partial_file_is_discarded(tmp_path: Path, partial: bytes) -> None:
    (tmp_path / "file.gz.part").write_bytes(partial)
    with serving(ServedFile(CONTENT)) as address:
        assert fetched(address, tmp_path)[0] == CONTENT


def test_a_server_without_ranges_sends_the_file_from_its_start(tmp_path: Path) -> None:
    served = ServedFile(CONTENT, cut_after=[500_000], supports_ranges=False)
    with serving(served) as address:
        assert fetched(address, tmp_path)[0] == CONTENT

    assert served.requests == ["", "bytes=500000-"]


def test_a_file_that_changes_during_the_download_is_fetched_from_its_start(tmp_path: Path) -> None:
    served = ServedFile(OTHER_CONTENT, cut_after=[500_000], etag='"old"')

    def change_file(update: ProgressUpdate) -> None:
        if "retrying in" in update.text:
            served.content, served.etag = CONTENT, '"new"'

    with serving(served) as address:
        fetch(f"{address}/file.gz", tmp_path / "file.gz", HASH, change_file)
    assert (tmp_path / "file.gz").read_bytes() == CONTENT
    assert len(served.requests) == 2


def test_a_busy_server_is_tried_again(tmp_path: Path) -> None:
    with serving(ServedFile(CONTENT, statuses=[503, 429, 500])) as address:
        assert fetched(address, tmp_path)[0] == CONTENT


def test_a_file_with_a_wrong_hash_is_not_kept(tmp_path: Path) -> None:
    message = f"whose SHA-256 is .*, expected is {HASH}"
    with serving(ServedFile(OTHER_CONTENT)) as address, pytest.raises(FetchFailed, match=message):
        fetched(address, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_requested_once(tmp_path: Path) -> None:
    served = ServedFile(CONTENT, statuses=[404])
    with serving(served) as address, pytest.raises(FetchFailed, match=r"/file\.gz answered 404 Not Found"):
        fetched(address, tmp_path)
    assert len(served.requests) == 1


def test_a_connection_that_brings_no_bytes_fails_and_keeps_the_partial_file(tmp_path: Path) -> None:
    served = ServedFile(CONTENT, cut_after=[1000] + [0] * 20)
    with serving(served) as address, pytest.raises(FetchFailed, match=f"{address}/file.gz: "):
        fetched(address, tmp_path)

    assert len(served.requests) == 1 + fetching.MAX_EMPTY_ATTEMPTS
    assert (tmp_path / "file.gz.part").stat().st_size == 1000, "the next download resumes after it"


def test_a_server_that_never_responds_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_EMPTY_ATTEMPTS", 1)
    silent_server = socket.create_server(("127.0.0.1", 0))
    with silent_server, pytest.raises(FetchFailed, match="timed out"):
        fetched(f"http://127.0.0.1:{silent_server.getsockname()[1]}", tmp_path)


def test_a_refused_connection_fails(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"http://127\.0\.0\.1:1/file\.gz: "):
        fetched("http://127.0.0.1:1", tmp_path)


def test_concurrent_downloads_of_a_file_fetch_it_once(tmp_path: Path) -> None:
    served = ServedFile(CONTENT)
    with serving(served) as address:
        threads = [
            threading.Thread(
                target=fetch, args=(f"{address}/file.gz", tmp_path / "file.gz", HASH, lambda _update: None)
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert served.requests == [""]
    assert [path.name for path in tmp_path.iterdir()] == ["file.gz"]
