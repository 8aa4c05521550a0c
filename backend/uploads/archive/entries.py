"""Opens an uploaded zip, lists its entries, and reads single ones within the size that the zip declares.

An entry is read by its position in the zip; its name never becomes a path.
"""

import copy
import hashlib
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from backend.datasets.pictures.file_kinds import HEAD_BYTES, UNKNOWN, UNPACK, FileKind, kind_of
from backend.phrases import sentence
from backend.uploads.archive.names import decoded_names
from backend.uploads.archive.rules import LOCAL_HEADER_BYTES, InvalidZip, check_entries, check_sizes, quoted

READ_ERRORS = (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error, ValueError, OSError, EOFError)
ZIP_SIGNATURES = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")

PACKED_HEAD_BYTES = 3_072  # read of an entry's head: its name, extra fields, and what unpacks to HEAD_BYTES or nearly


@dataclass(frozen=True)
class Entry:
    """A file or folder in a zip. `name` is its path in Unicode NFC, with slashes and no slash at its end.

    `kind` is what the first bytes of a file show; its suffix says nothing.
    """

    name: str
    info: ZipInfo
    kind: FileKind = UNKNOWN
    is_folder: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.name.split("/"))


def open_zip(path: Path) -> ZipFile:
    """Opens a zip without checking its entries.

    Raises:
        InvalidZip: It is another file, or a damaged zip; the message says which.
    """
    try:
        return ZipFile(path)
    except FileNotFoundError:
        raise
    except READ_ERRORS as error:
        with path.open("rb") as file:
            raise InvalidZip(_not_a_zip(file.read(HEAD_BYTES), error)) from error


def _not_a_zip(head: bytes, error: Exception) -> str:
    kind = kind_of(head)
    if head.startswith(ZIP_SIGNATURES):
        return (
            f"This is not a zip file that can be read: its list of files, which lies at its end, is damaged or missing "
            f"({error}). Upload it again; if that does not help, zip the folder again."
        )
    step = "unpack it" if kind.step == UNPACK else kind.step
    zip_folders = "zip the folders with the images: one folder for each class, or images and a table of their classes"
    repair = f"{step}, and {zip_folders}" if step else zip_folders
    return f"This is not a zip file; it is {kind.name}. {sentence(repair)}"


def list_entries(archive: ZipFile, name_encoding: str | None = None) -> list[Entry]:
    """Returns all entries, folders included, in the order of the zip.

    `name_encoding` is that of names of which the zip says nothing; None lets it be found.

    Raises:
        InvalidZip: the list breaks a rule of `backend.uploads.archive.rules`.
    """
    infos = archive.infolist()
    check_sizes(infos)
    names = decoded_names(infos, name_encoding)
    check_entries(infos, names)
    return [_entry(archive, info, name) for info, name in zip(infos, names, strict=True)]


def _entry(archive: ZipFile, info: ZipInfo, name: str) -> Entry:
    is_folder = name.endswith("/")
    kind = UNKNOWN if is_folder else _kind(archive, info)
    return Entry(unicodedata.normalize("NFC", name.removesuffix("/")), info, kind, is_folder)


def read_entry(archive: ZipFile, entry: Entry) -> bytes:
    """Returns an entry's content.

    `ZipFile.read` decompresses up to 1 GiB before it compares sizes; this reads at most one byte more than declared.

    Raises:
        InvalidZip: the entry is damaged, or its size or checksum is not the declared one.
    """
    info = entry.info
    try:
        packed = _read_packed(archive, info)
        content = packed if info.compress_type == zipfile.ZIP_STORED else _inflate(packed, info.file_size)
    except (*READ_ERRORS, zlib.error, RuntimeError) as error:
        raise _damaged(entry, str(error)) from error
    if len(content) != info.file_size:
        raise _damaged(entry, f"its size is not the {info.file_size:,} bytes that the zip declares")
    if zlib.crc32(content) != info.CRC:
        raise _damaged(entry, "its checksum (CRC) does not match its content")
    return content


def digest(archive: ZipFile, entry: Entry) -> bytes:
    """Returns a hash of an entry's content, which only equal contents have. Raises InvalidZip as `read_entry`."""
    return hashlib.blake2b(read_entry(archive, entry)).digest()


def _kind(archive: ZipFile, info: ZipInfo) -> FileKind:
    """Returns what the first bytes of an entry show; UNKNOWN where they can't be read."""
    if archive.fp is None:
        return UNKNOWN
    archive.fp.seek(info.header_offset)
    packed = archive.fp.read(LOCAL_HEADER_BYTES + PACKED_HEAD_BYTES)
    start = LOCAL_HEADER_BYTES + sum(struct.unpack_from("<HH", packed, 26)) if len(packed) > LOCAL_HEADER_BYTES else 0
    content = packed[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        return kind_of(content[:HEAD_BYTES])
    try:
        return kind_of(zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, HEAD_BYTES))
    except zlib.error:
        return UNKNOWN  # reading it all will tell what is wrong


def _read_packed(archive: ZipFile, info: ZipInfo) -> bytes:
    """Returns an entry's compressed bytes: opens it as stored, and without the checksum, which zipfile checks."""
    stored = copy.copy(info)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
    del stored.CRC
    with archive.open(stored) as file:
        return file.read()


def _inflate(packed: bytes, size: int) -> bytes:
    """Decompresses at most `size` + 1 bytes, so that too long a content is recognised by its length."""
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
    content = decompressor.decompress(packed, size + 1)
    if len(content) <= size and not decompressor.eof:
        raise zlib.error("its data ends too early")
    return content


def _damaged(entry: Entry, reason: str) -> InvalidZip:
    return InvalidZip(f"The zip is damaged at {quoted(entry.name)} ({reason}); create it again, or repeat the upload.")
