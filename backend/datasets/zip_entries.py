"""A zip that somebody sent: whether it may be opened, and what is in it.

The names in it are checked, and never become paths: an entry is read by its place in the zip.
"""

import copy
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

MAX_ENTRIES = 100_000
MAX_NAME_BYTES = 512
MAX_ENTRY_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_RATIO = 200
SMALL_BYTES = 1024**2
"""Below it a ratio says nothing: a small blank bitmap packs very well."""

LOCAL_HEADER_BYTES = 30
UTF8_NAME = 0x800
ENCRYPTED = 0x1
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error, ValueError, OSError, EOFError)


class ZipRefused(Exception):
    """A sentence that names the entry; `too_large` where a limit is passed."""

    def __init__(self, sentence: str, too_large: bool = False) -> None:
        super().__init__(sentence)
        self.too_large = too_large


@dataclass(frozen=True)
class Entry:
    """`name` is as the user sees it, NFC, its parts joined by slashes."""

    name: str
    info: ZipInfo

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("/"))


def open_archive(path: Path) -> ZipFile:
    """Open it, without having checked anything in it."""
    try:
        return ZipFile(path)
    except BROKEN as error:
        raise ZipRefused(f"This is not a zip file that can be read ({error}); zip the folder again.") from error


def entries(archive: ZipFile) -> list[Entry]:
    """All entries, folders too, in the order of the zip.

    Raises:
        ArchiveRefused: one of them must not be opened.
    """
    found = archive.infolist()
    if len(found) > MAX_ENTRIES:
        raise ZipRefused(f"The zip has {len(found):,} entries; at most {MAX_ENTRIES:,} are read.", too_large=True)
    _check_sizes(found)
    _check_overlap(found)
    checked = [Entry(_checked_name(info), info) for info in found]
    _check_distinct(checked)
    return checked


def content(archive: ZipFile, entry: Entry) -> bytes:
    """All of an entry, which is exactly as long as the zip's directory says.

    `ZipFile.read` unpacks up to 1 GiB at once and cuts what is too long, so that a small lie could take all memory.

    Raises:
        ArchiveRefused: it is damaged, or of another size.
    """
    info = entry.info
    try:
        packed = _packed(archive, info)
        data = packed if info.compress_type == zipfile.ZIP_STORED else _inflated(packed, info.file_size)
    except (*BROKEN, zlib.error, RuntimeError) as error:
        raise _damaged(entry, str(error)) from error
    if len(data) != info.file_size:
        raise _damaged(entry, f"it is not the {info.file_size:,} bytes that the zip says")
    if zlib.crc32(data) != info.CRC:
        raise _damaged(entry, "its checksum (CRC) is not that of its content")
    return data


def _packed(archive: ZipFile, info: ZipInfo) -> bytes:
    """The entry as it lies in the zip: opened as if it were stored, and without its checksum, which is another's."""
    stored = copy.copy(info)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
    del stored.CRC
    with archive.open(stored) as file:
        return file.read()


def _inflated(packed: bytes, size: int) -> bytes:
    """At most one byte more than `size`, which tells that it is too long."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflate.decompress(packed, size + 1)
    if len(data) <= size and not inflate.eof:
        raise zlib.error("it ends too early")
    return data


def _damaged(entry: Entry, reason: str) -> ZipRefused:
    return ZipRefused(f"The zip is damaged at {quoted(entry.name)} ({reason}); make it again, or upload it again.")


def quoted(name: str) -> str:
    """A name as a sentence can hold it: escaped, and cut where it is long."""
    return repr(name if len(name) <= 100 else f"{name[:99]}…")


def _shown_name(info: ZipInfo) -> str:
    """What the name was meant to be: UTF-8 where the zip says so or its bytes are, else the old DOS letters."""
    if info.flag_bits & UTF8_NAME:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


def _checked_name(info: ZipInfo) -> str:
    name = _shown_name(info)
    if wrong := next(_wrong(info, name), None):
        raise ZipRefused(f"The entry {quoted(name)} {wrong}.")
    return unicodedata.normalize("NFC", name.removesuffix("/"))


def _wrong(info: ZipInfo, name: str) -> Iterator[str]:
    """What is wrong with one entry, read after its name."""
    if info.flag_bits & ENCRYPTED:
        yield "is encrypted; make the zip without a password"
    if info.compress_type not in READABLE:
        yield f"is packed by the method {info.compress_type}; only stored and deflated entries are read"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield "is a link or a device; only files and folders are read"
    yield from _wrong_name(name)


def _wrong_name(name: str) -> Iterator[str]:
    if len(name.encode(errors="replace")) > MAX_NAME_BYTES:
        yield f"has a name of more than {MAX_NAME_BYTES} bytes"
    if not name.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        yield "has a control character in its name"
    if "\\" in name:
        yield "has a backslash in its name; folders are divided by /"
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        yield "is an absolute path; names have to be relative"
    if {"", ".", ".."} & set(name.removesuffix("/").split("/")):
        yield "has an empty part, . or .. in its path; names have to lead down"


def _check_sizes(found: Iterable[ZipInfo]) -> None:
    total = packed = 0
    for info in found:
        total, packed = total + info.file_size, packed + info.compress_size
        if info.file_size > MAX_ENTRY_BYTES:
            limit = f"at most {MAX_ENTRY_BYTES // 1024**2} MiB are read"
            raise ZipRefused(f"The entry {quoted(_shown_name(info))} unpacks to more; {limit}.", too_large=True)
        if info.file_size > max(SMALL_BYTES, MAX_RATIO * info.compress_size):
            what = f"unpacks to more than {MAX_RATIO} times its size, as no image does"
            raise ZipRefused(f"The entry {quoted(_shown_name(info))} {what}.", too_large=True)
    if total > min(MAX_TOTAL_BYTES, SMALL_BYTES * 64 + MAX_RATIO * packed):
        raise ZipRefused(f"The zip unpacks to {total:,} bytes, which is too much for one dataset.", too_large=True)


def _check_overlap(found: Iterable[ZipInfo]) -> None:
    """Refuse entries that share bytes: so a small zip can hold a huge one many times."""
    end = 0
    for info in sorted(found, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise ZipRefused(f"The entry {quoted(_shown_name(info))} overlaps another one; zip the folder again.")
        end = info.header_offset + LOCAL_HEADER_BYTES + info.compress_size


def _check_distinct(checked: Iterable[Entry]) -> None:
    """Refuse two names, of entries or of folders, that are one on some machines."""
    spelled: dict[str, str] = {}
    seen: set[str] = set()
    for entry in checked:
        raw = _shown_name(entry.info).removesuffix("/")
        if raw in seen:
            raise ZipRefused(f"The entry {quoted(raw)} is in the zip twice.")
        seen.add(raw)
        for prefix in _prefixes(raw):
            other = spelled.setdefault(unicodedata.normalize("NFC", prefix).casefold(), prefix)
            if other != prefix:
                raise ZipRefused(
                    f"The names {quoted(other)} and {quoted(prefix)} differ only in capitals or in how their "
                    "letters are encoded; rename one of them."
                )


def _prefixes(name: str) -> Iterator[str]:
    place = name.find("/")
    while place >= 0:
        yield name[:place]
        place = name.find("/", place + 1)
    yield name
