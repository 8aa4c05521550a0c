"""Fetching one file of a built-in dataset: it resumes, tries again, and keeps nothing whose hash is wrong.

What has arrived lies in `<name>.part`, and another try, of another process too, goes on after it.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

from backend.files import sha256_of
from worker.datasets.progress import Progress, Step

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
FRUITLESS_TRIES = 5
"""So many tries in a row that bring nothing, and it is given up."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 16.0
TELL_BYTES = 256 * 1024
MAX_BYTES = 2 * 1024**3
PASSING = (408, 425, 429, 500, 502, 503, 504)


class FetchFailed(Exception):
    """Why a file could not be fetched."""


class _TryAgain(Exception):
    """A failure that may pass."""


def fetch(url: str, target: Path, sha256: str, progress: Progress) -> None:
    """Bring the file with that hash to `target`, which appears only when it is complete.

    Raises:
        FetchFailed: it is not there, it has another hash, or the network gave nothing for a while.
        OSError: the disk is full, or the folder can't be written.
    """
    part = target.with_name(f"{target.name}.part")
    with _locked(part) as file:
        if target.exists() and sha256_of(target) == sha256:
            part.unlink()
            return  # another process was first
        try:
            with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
                _bring(_Download(client, url, file, progress), part, sha256)
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError) as error:  # the last two: a proxy's address
            raise FetchFailed(f"{url}: {error}") from error
        os.fsync(file.fileno())
        part.replace(target)


def _bring(download: "_Download", part: Path, sha256: str) -> None:
    resumed = download.size > 0
    download.run()
    if resumed and sha256_of(part) != sha256:
        download.forget()  # what lay there was of another file
        download.run()
    if (found := sha256_of(part)) != sha256:
        part.unlink()
        raise FetchFailed(f"{download.url} sent a file whose SHA-256 is {found} and not {sha256}")


@contextmanager
def _locked(part: Path) -> Iterator[BinaryIO]:
    """The partial file, open for appending, held by one process at a time."""
    part.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = part.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, part):
            break
        file.close()  # who held it has finished, and renamed it
    with file:
        yield file


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


class _Download:
    def __init__(self, client: httpx.Client, url: str, file: BinaryIO, progress: Progress) -> None:
        self._client = client
        self.url = url
        self._file = file
        self._progress = progress
        self._validator = ""
        self._text = f"Fetching {url.rpartition('/')[2]}"

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def forget(self) -> None:
        """Begin from nothing."""
        self._file.truncate(0)
        self._validator = ""

    def run(self) -> None:
        """Until all is there, however often the line is cut."""
        fruitless, pause = 0, FIRST_PAUSE
        while True:
            before = self.size
            try:
                return self._try()
            except httpx.UnsupportedProtocol:
                raise
            except (httpx.TransportError, _TryAgain) as error:
                reason = str(error) or type(error).__name__
            fruitless = 0 if self.size > before else fruitless + 1
            if fruitless >= FRUITLESS_TRIES:
                raise FetchFailed(f"{self.url}: {reason}")
            pause = FIRST_PAUSE if fruitless == 0 else min(2 * pause, LONGEST_PAUSE)
            self._progress(Step(f"{self._text}, again in {pause:g} s ({reason})", self.size, unit="bytes"))
            time.sleep(pause)

    def _try(self) -> None:
        have = self.size
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-"} | ({"If-Range": self._validator} if self._validator else {})
        with self._client.stream("GET", self.url, headers=headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
                if answer.headers.get("content-range") == f"bytes */{have}":
                    return  # it was complete already
                self.forget()
                raise _TryAgain("what had arrived was longer than the file")
            self._receive(answer, have)

    def _receive(self, answer: httpx.Response, have: int) -> None:
        if answer.status_code in PASSING:
            raise _TryAgain(f"it answered {answer.status_code} {answer.reason_phrase}")
        if answer.status_code not in (200, 206):
            raise FetchFailed(f"{self.url} answered {answer.status_code} {answer.reason_phrase}")
        start = _start(answer) if answer.status_code == httpx.codes.PARTIAL_CONTENT else 0
        if start != have:
            self._file.truncate(0)  # it ignores ranges, or has another file by now
            if start:
                raise _TryAgain("it sent another part than was asked for")
        tag = answer.headers.get("etag", "")
        self._validator = tag if not tag.startswith("W/") else ""
        self._write(answer, start)

    def _write(self, answer: httpx.Response, start: int) -> None:
        length = answer.headers.get("content-length", "")
        total = start + int(length) if length.isdecimal() else None
        done = told = start
        self._progress(Step(self._text, done, total, "bytes"))
        for chunk in answer.iter_bytes():
            self._file.write(chunk)
            self._file.flush()
            done += len(chunk)
            if done > MAX_BYTES:
                self.forget()
                raise FetchFailed(f"{self.url} sends more than {MAX_BYTES:,} bytes")
            if done - told >= TELL_BYTES:
                told = done
                self._progress(Step(self._text, done, total, "bytes"))
        if total is not None and done < total:
            raise _TryAgain(f"the line was cut after {done:,} of {total:,} bytes")
        self._progress(Step(self._text, done, total, "bytes"))


def _start(answer: httpx.Response) -> int:
    """Where the part that is being sent begins; -1 where the answer doesn't say."""
    found = re.match(r"bytes (\d+)-", answer.headers.get("content-range", ""))
    return int(found.group(1)) if found else -1
