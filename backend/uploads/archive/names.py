"""Names of a zip's entries as text.

A zip says of each name that it is UTF-8, or nothing. What it says nothing of, and isn't UTF-8, has the encoding of the
system that made the zip: it is found from all names together.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from zipfile import ZipInfo

from backend.uploads.archive.encodings import ENCODINGS, SEVERAL_BYTES, likely_encodings
from backend.uploads.archive.rules import UTF8_FLAG, InvalidZip, quoted
from backend.uploads.schemas import Choice, ChoiceValue

UNICODE_PATH = 0x7075  # an extra field with the name in UTF-8
MAX_OFFERED = 5  # encodings in the choice
FINDER_ICON = "Icon\r"  # macOS names a folder's icon so
FIRST_OF_THREE_BYTES = "\u0800"  # in UTF-8


def decoded_names(infos: Sequence[ZipInfo], encoding: str | None = None) -> list[str]:
    """Returns the names with slashes between folders. `encoding` is used for those of which the zip says nothing.

    Raises:
        InvalidZip: A name can't have this encoding.
    """
    unknown = _unknown_names(infos)
    used = encoding or (_possible(unknown)[0] if unknown else "cp437")
    return [_with_slashes(declared_name(info) or _decoded(_raw(info), used)) for info in infos]


def declared_name(info: ZipInfo) -> str | None:
    """Returns a name that is ASCII, flagged as UTF-8, or given once more in Unicode, else None."""
    if info.flag_bits & UTF8_FLAG or info.orig_filename.isascii():
        return info.orig_filename
    return next(_unicode_paths(info), None)


def encoding_choice(infos: Sequence[ZipInfo], chosen: str | None) -> Choice | None:
    """Returns the question how names are encoded, with how a folder would be called, or None where none is open."""
    unknown = _unknown_names(infos)
    if not unknown:
        return None
    example = _example(unknown)
    possible = _possible(unknown)
    spellings: dict[str, str] = {}
    for encoding in possible:
        spellings.setdefault(example.decode(encoding), encoding)
    offered = [*spellings.items()][:MAX_OFFERED]
    return Choice(
        option="name_encoding",
        title=f"{len(unknown):,} names are not UTF-8",
        text=f"The zip doesn't say how they are written. {ENCODINGS[possible[0]]} fits best; choose what reads right.",
        values=[ChoiceValue(value=value, title=title, effect=ENCODINGS[value]) for title, value in offered],
        chosen=chosen or possible[0],
    )


def _possible(names: Sequence[bytes]) -> list[str]:
    """Returns the encodings that all names can have, the likeliest first. Any bytes can be cp437."""
    return [encoding for encoding in likely_encodings(b"\n".join(names)) if _decodes_all(names, encoding)]


def _decodes_all(names: Iterable[bytes], encoding: str) -> bool:
    try:
        b"\n".join(names).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unknown_names(infos: Iterable[ZipInfo]) -> list[bytes]:
    """Returns the bytes of names of which the zip says nothing, and which are not UTF-8."""
    return [name for info in infos if declared_name(info) is None and not _is_utf8(name := _raw(info))]


def _raw(info: ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437")  # as zipfile decodes a name without the flag


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(name: bytes, encoding: str) -> str:
    """Returns a name in UTF-8 if it is that, and not by chance, as the Chinese word for cat is in GBK."""
    if _is_utf8(name) and (encoding not in SEVERAL_BYTES or max(name.decode()) >= FIRST_OF_THREE_BYTES):
        return name.decode()
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        legible = quoted(name.decode("cp437"))
        raise InvalidZip(f"The name {legible} is not {ENCODINGS[encoding]}; choose another name_encoding.") from None


def _with_slashes(name: str) -> str:
    """Returns a path as zips have it: Windows writes backslashes, and macOS a control character, shown by its sign."""
    if name.endswith(FINDER_ICON):
        name = f"{name[:-1]}\u240d"
    return name.replace("\\", "/")


def _example(names: Iterable[bytes]) -> bytes:
    """Returns the first folder beyond ASCII, else the first file name."""
    parts = [name.replace(b"\\", b"/").split(b"/") for name in names]
    folders = (folder for path in parts for folder in path[:-1] if not folder.isascii())
    return next(folders, parts[0][-1])


def _unicode_paths(info: ZipInfo) -> Iterator[str]:
    """Yields the name in the extra field, if it belongs to the name beside it, whose checksum it holds."""
    at = 0
    while at + 4 <= len(info.extra):
        kind, size = struct.unpack_from("<HH", info.extra, at)
        content = info.extra[at + 4 : at + 4 + size]
        if kind == UNICODE_PATH and _checksum(content) == zlib.crc32(_raw(info)) and _is_utf8(content[5:]):
            yield content[5:].decode()
        at += 4 + size


def _checksum(unicode_path: bytes) -> int | None:
    return struct.unpack_from("<xI", unicode_path)[0] if len(unicode_path) > 5 else None
