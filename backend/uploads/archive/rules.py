"""Rules for a zip's list of entries, checked before any entry is read: names, sizes, overlaps, duplicates."""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from zipfile import ZipInfo

from backend.requests import bad_character

MAX_ENTRIES = 100_000
MAX_NAME_BYTES = 512
MAX_ENTRY_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_RATIO = 200  # unpacked to packed size; no image file compresses this well, a zip bomb does
MIN_RATIO_BYTES = 1024**2
"""The ratio of a smaller entry is not checked: a small blank bitmap can compress better."""
MIN_TOTAL_BYTES = 64 * MIN_RATIO_BYTES
"""The same for the whole zip."""

LOCAL_HEADER_BYTES = 30
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
COMPRESSION_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class InvalidZip(Exception):
    """A zip can't become a dataset. The message is a sentence that names the entry; `too_large` selects status 413."""

    def __init__(self, message: str, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


def check_sizes(infos: Sequence[ZipInfo]) -> None:
    """Raises InvalidZip if there are too many entries, or they are too large, or share bytes."""
    if len(infos) > MAX_ENTRIES:
        raise InvalidZip(
            f"The zip has {len(infos):,} entries; at most {MAX_ENTRIES:,} are allowed. Zip fewer images.",
            too_large=True,
        )
    _check_sizes(infos)
    _check_overlap(infos)


def check_entries(infos: Sequence[ZipInfo], names: Sequence[str]) -> None:
    """Raises InvalidZip if an entry or its name breaks a rule, or two names are the same on some file systems."""
    for info, name in zip(infos, names, strict=True):
        if problem := next(_problems(info, name), None):
            raise InvalidZip(f"The entry {quoted(name)} {problem}.")
    _check_distinct(names)


def quoted(name: str) -> str:
    """Returns a name for an error message: quoted, escaped, and cut to 100 characters."""
    return repr(name if len(name) <= 100 else f"{name[:99]}…")


def _problems(info: ZipInfo, name: str) -> Iterator[str]:
    """Yields what is wrong with an entry, as the predicate of a sentence."""
    if info.flag_bits & ENCRYPTED_FLAG:
        yield "is encrypted; make the zip without a password"
    if info.compress_type not in COMPRESSION_METHODS:
        yield f"uses compression method {info.compress_type}; make the zip with the method deflate, the usual one"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield "is a link or a device; put the file itself in its place"
    yield from _name_problems(name)


def _name_problems(name: str) -> Iterator[str]:
    if len(name.encode(errors="replace")) > MAX_NAME_BYTES:
        yield f"has a name of more than {MAX_NAME_BYTES} bytes; shorten it"
    if problem := bad_character(name):
        yield f"has {problem} in its name; rename it"
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        yield "is an absolute path; zip the folder itself, with relative paths"
    if {"", ".", ".."} & set(name.removesuffix("/").split("/")):
        yield "has an empty part, . or .. in its path; zip the folder itself, with plain names"


def _check_sizes(infos: Iterable[ZipInfo]) -> None:
    total = packed = 0
    for info in infos:
        total, packed = total + info.file_size, packed + info.compress_size
        if info.file_size > MAX_ENTRY_BYTES:
            problem = (
                f"unpacks to more than the allowed {MAX_ENTRY_BYTES // 1024**2} MiB; leave it out, or make it smaller"
            )
            raise InvalidZip(f"The entry {quoted(info.orig_filename)} {problem}.", too_large=True)
        if info.file_size > max(MIN_RATIO_BYTES, MAX_RATIO * info.compress_size):
            problem = f"unpacks to more than {MAX_RATIO} times its size, which no image does; leave it out"
            raise InvalidZip(f"The entry {quoted(info.orig_filename)} {problem}.", too_large=True)
    limit = min(MAX_TOTAL_BYTES, MIN_TOTAL_BYTES + MAX_RATIO * packed)
    if total > limit:
        raise InvalidZip(
            f"The zip unpacks to {total:,} bytes; at most {limit:,} are allowed. Zip fewer or smaller images.",
            too_large=True,
        )


def _check_overlap(infos: Iterable[ZipInfo]) -> None:
    """Raises InvalidZip if entries share bytes, which lets a small zip unpack the same large data many times."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise InvalidZip(f"The entry {quoted(info.orig_filename)} overlaps another one; zip the folder again.")
        end = info.header_offset + LOCAL_HEADER_BYTES + info.compress_size


def _check_distinct(names: Iterable[str]) -> None:
    spellings: dict[str, str] = {}
    seen: set[str] = set()
    for path in names:
        name = path.removesuffix("/")
        if name in seen:
            raise InvalidZip(f"The entry {quoted(name)} is in the zip twice; zip the folder again.")
        seen.add(name)
        for prefix in _prefixes(name):
            spelling = spellings.setdefault(unicodedata.normalize("NFC", prefix).casefold(), prefix)
            if spelling != prefix:
                raise InvalidZip(
                    f"The names {quoted(spelling)} and {quoted(prefix)} differ only in upper and lower case or in how "
                    "their letters are encoded; rename one of them."
                )


def _prefixes(name: str) -> Iterator[str]:
    """Yields the path of each folder above a file, then the file's own."""
    end = name.find("/")
    while end >= 0:
        yield name[:end]
        end = name.find("/", end + 1)
    yield name
