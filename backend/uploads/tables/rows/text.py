"""Reads a table's bytes as lines: finds their encoding, and refuses what is no text."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend.requests import bad_character
from backend.uploads.archive.encodings import ENCODINGS, likely_encodings
from backend.uploads.archive.rules import InvalidZip

MAX_SHOWN_CHARACTERS = 200
MAX_LINE_CHARACTERS = 256 * 1024  # a line of 1,000 columns is far shorter
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""UTF-32 comes before UTF-16, whose mark its own begins with."""
TITLES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-32": "UTF-32", **ENCODINGS}
WORKBOOK = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0")
UTF16_SAMPLE_BYTES = 4096


@dataclass(frozen=True)
class Text:
    """A table's content with its encoding. `lines` decodes it anew, so that it never lies in memory as a whole."""

    file: str
    content: bytes
    encoding: str

    @property
    def title(self) -> str:
        """What people call the encoding."""
        return TITLES.get(self.encoding, "UTF-16").rpartition(", ")[2]

    def lines(self) -> Iterator[str]:
        """Raises InvalidZip for a line that is too long, has a NUL character, or can't be decoded."""
        stream = io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")
        try:
            while line := stream.readline(MAX_LINE_CHARACTERS + 1):
                self._check(line)
                yield line
        except UnicodeDecodeError as error:
            raise InvalidZip(f"{self.file} can't be read as {self.title} ({error}); save it as UTF-8.") from error

    def _check(self, line: str) -> None:
        if len(line) > MAX_LINE_CHARACTERS:
            raise InvalidZip(
                f"{self.file} has a line of more than {MAX_LINE_CHARACTERS:,} characters; write one row per image."
            )
        if "\0" in line:
            raise InvalidZip(f"{self.file} has NUL characters, so it is no text; save it as a CSV file in UTF-8.")


def harmless(value: str) -> str:
    """Returns a value to show: cut, and with a sign in place of control characters and those that turn the text."""
    value = value[:MAX_SHOWN_CHARACTERS]
    return "".join("\ufffd" if bad_character(letter) else letter for letter in value) if bad_character(value) else value


def read_text(file: str, content: bytes) -> Text:
    """Raises InvalidZip for a workbook that is only named like a table."""
    if WORKBOOK.match(content):
        raise InvalidZip(f"{file} is a workbook of a spreadsheet program, no text; save it as CSV (UTF-8).")
    return Text(file, content, _encoding(content))


def _encoding(content: bytes) -> str:
    if bom := next((bom for bom in BOMS if content.startswith(bom)), None):
        return BOMS[bom]
    if encoding := _utf16_without_mark(content[:UTF16_SAMPLE_BYTES]):
        return encoding
    try:
        codecs.utf_8_decode(content, "strict", True)
    except UnicodeDecodeError as error:
        line = content.rfind(b"\n", 0, error.start) + 1
        return next(iter(likely_encodings(content[line:])), "latin-1")
    return "utf-8"


def _utf16_without_mark(sample: bytes) -> str | None:
    """In UTF-16, each ASCII character of a table has a zero byte: after it, or before it in big-endian order."""
    zeros = sample.count(0)
    if zeros < len(sample) / 8:
        return None
    if sample[1::2].count(0) > 0.9 * zeros:
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > 0.9 * zeros else None
