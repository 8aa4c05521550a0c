"""Downloads a file of a dataset or of weights: resumes, retries, and keeps it only if its hash is the expected one.

Received bytes are kept in `<name>.part`; a later attempt, also of another process, resumes after them.
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

from backend.files import hash_name, hash_of
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.errors import FetchFailed

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
MAX_EMPTY_ATTEMPTS = 5
"""Consecutive attempts without a new byte before the download fails."""
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.5, 16.0  # between two attempts; doubled after each attempt without a byte
PROGRESS_BYTES = 256 * 1024  # between two progress updates
MAX_BYTES = 2 * 1024**3
TRANSIENT_STATUSES = (408, 425, 429, 500, 502, 503, 504)


class _TransientError(Exception):
    """An error after which another attempt may succeed."""


def fetch(url: str, target: Path, digest: str, on_progress: ProgressCallback) -> None:
    """Downloads a file to `target`, which appears only when it is complete and has the expected hash.

    `digest` is its SHA-256 or its MD5, which differ in length.

    Raises:
        FetchFailed: the server does not have the file, sent another one, or several attempts received nothing.
        OSError: the disk is full, or the folder is not writable.
    """
    part = target.with_name(f"{target.name}.part")
    with _locked(part) as file:
        if target.exists() and hash_of(target, hash_name(digest)) == digest:
            part.unlink()
            return  # another process has downloaded it
        try:
            with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
                _download_verified(_Download(client, url, file, on_progress), part, digest)
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError) as error:
            # httpx raises ImportError and ValueError for the address of a proxy.
            raise FetchFailed(f"{url}: {error}") from error
        os.fsync(file.fileno())
        part.replace(target)


def _download_verified(download: "_Download", part: Path, digest: str) -> None:
    name, resumed = hash_name(digest), download.size > 0
    download.run()
    if resumed and hash_of(part, name) != digest:
        download.restart()  # the bytes of the earlier attempt were those of another file
        download.run()
    if (received := hash_of(part, name)) != digest:
        part.unlink()
        raise FetchFailed(f"{download.url} sent a file whose {name} is {received}, expected is {digest}")


@contextmanager
def _locked(part: Path) -> Iterator[BinaryIO]:
    """Opens the partial file for appending, locked against other processes."""
    part.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = part.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_file_at(file, part):
            break
        file.close()  # the process that had the lock has renamed the file
    with file:
        yield file


def _is_file_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


class _Download:
    """Appends the file at `url` to an open partial file."""

    def __init__(self, client: httpx.Client, url: str, file: BinaryIO, on_progress: ProgressCallback) -> None:
        self._client = client
        self.url = url
        self._file = file
        self._on_progress = on_progress
        self._etag = ""
        self._text = f"Downloading {url.rpartition('/')[2]}"

    @property
    def size(self) -> int:
        """The bytes received so far."""
        return os.fstat(self._file.fileno()).st_size

    def restart(self) -> None:
        """Discards what was received."""
        self._file.truncate(0)
        self._etag = ""

    def run(self) -> None:
        """Repeats attempts until the file is complete.

        Raises:
            FetchFailed: MAX_EMPTY_ATTEMPTS in a row received nothing, or the server refused the request.
        """
        empty_attempts, pause = 0, FIRST_PAUSE_SECONDS
        while True:
            before = self.size
            try:
                return self._attempt()
            except httpx.UnsupportedProtocol:
                raise
            except (httpx.TransportError, _TransientError) as error:
                reason = str(error) or type(error).__name__
            empty_attempts = 0 if self.size > before else empty_attempts + 1
            if empty_attempts >= MAX_EMPTY_ATTEMPTS:
                raise FetchFailed(f"{self.url}: {reason}")
            pause = FIRST_PAUSE_SECONDS if empty_attempts == 0 else min(2 * pause, MAX_PAUSE_SECONDS)
            text = f"{self._text}, retrying in {pause:g} s ({reason})"
            self._on_progress(ProgressUpdate(text, self.size, unit="bytes"))
            time.sleep(pause)

    def _attempt(self) -> None:
        offset = self.size
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers |= {"Range": f"bytes={offset}-"} | ({"If-Range": self._etag} if self._etag else {})
        with self._client.stream("GET", self.url, headers=headers) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and offset:
                if response.headers.get("content-range") == f"bytes */{offset}":
                    return  # the partial file was complete
                self.restart()
                raise _TransientError("the partial file was longer than the file")
            self._receive(response, offset)

    def _receive(self, response: httpx.Response, offset: int) -> None:
        status = f"{response.status_code} {response.reason_phrase}"
        if response.status_code in TRANSIENT_STATUSES:
            raise _TransientError(f"the server answered {status}")
        if response.status_code not in (200, 206):
            raise FetchFailed(f"{self.url} answered {status}")
        start = _range_start(response) if response.status_code == httpx.codes.PARTIAL_CONTENT else 0
        if start != offset:
            self._file.truncate(0)  # the server ignores ranges, or its file has changed
            if start:
                raise _TransientError("the server sent another range than requested")
        etag = response.headers.get("etag", "")
        self._etag = etag if not etag.startswith("W/") else ""
        self._append(response, start)

    def _append(self, response: httpx.Response, start: int) -> None:
        length = response.headers.get("content-length", "")
        total = start + int(length) if length.isdecimal() else None
        done = reported = start
        self._on_progress(ProgressUpdate(self._text, done, total, "bytes"))
        for chunk in response.iter_bytes():
            self._file.write(chunk)
            self._file.flush()
            done += len(chunk)
            if done > MAX_BYTES:
                self.restart()
                raise FetchFailed(f"{self.url} sends more than {MAX_BYTES:,} bytes")
            if done - reported >= PROGRESS_BYTES:
                reported = done
                self._on_progress(ProgressUpdate(self._text, done, total, "bytes"))
        if total is not None and done < total:
            raise _TransientError(f"the connection was closed after {done:,} of {total:,} bytes")
        self._on_progress(ProgressUpdate(self._text, done, total, "bytes"))


def _range_start(response: httpx.Response) -> int:
    """Returns the first byte of a partial response, or -1 if its header does not say."""
    match = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    return int(match.group(1)) if match else -1
