"""The content security policy: scripts are the service's own files, and those that are written in index.html."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.+?)</script>", re.DOTALL)


class ContentPolicy:
    """The policy of the page as it is built now: a build may replace index.html under a running service."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self._read_version: tuple[int, int, int] | None = None
        self._text = POLICY.format(hashes="")

    def read(self) -> str:
        """Returns the policy. It reads index.html again if the file has changed, and takes 2 µs otherwise."""
        with suppress(FileNotFoundError):  # not built yet, or being built
            file = self._page.stat()
            version = (file.st_ino, file.st_size, file.st_mtime_ns)  # two writes may be within one tick of the clock
            if version != self._read_version:
                self._text = POLICY.format(hashes="".join(_script_hashes(self._page.read_text())))
                self._read_version = version
        return self._text


def _script_hashes(page: str) -> Iterator[str]:
    """Yields a source of the policy for each script that is written in a document, not named by it."""
    for text in INLINE_SCRIPT.findall(page):
        yield f" 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
