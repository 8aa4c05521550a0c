"""Which encoding bytes have that are no UTF-8: names in a zip, and tables.

A library compares the likely ones. It is made for texts; of single words it takes Chinese for Korean, so the bytes
that common letters have in each encoding come first.
"""

import re

ENCODINGS = {
    "cp932": "Japanese, Shift-JIS",
    "cp949": "Korean, EUC-KR",
    "gb18030": "Chinese, GBK",
    "big5": "Chinese, Big5",
    "cp1252": "Western European, Windows-1252",
    "cp1250": "Central European, Windows-1250",
    "cp1254": "Turkish, Windows-1254",
    "cp1251": "Cyrillic, Windows-1251",
    "cp866": "Cyrillic, DOS",
    "cp1253": "Greek, Windows-1253",
}
"""Codecs of Python that are tried, and what people call them."""

SAMPLE_BYTES = 64 * 1024
WORDS_BEYOND_ASCII = re.compile(rb"[^\r\n\t,;\"]{0,40}[\x80-\xff][^\r\n\t,;\"]*")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

ONE_LETTER = rb"(?<![\x80-\xff])[\x80-\xff]{1,2}(?![\x80-\xff])"  # among those of ASCII, as in größer
WHOLE_WORDS = rb"[\x80-\xff]{3,}"
COMMON_LETTERS = {
    "cp932": rb"[\x82\x83\x88-\x97][\x40-\xfc]",  # kana, kanji of level 1
    "cp949": rb"[\xb0-\xc8][\xa1-\xfe]",  # hangul
    "gb18030": rb"[\xb0-\xd7][\xa1-\xfe]",  # hanzi of level 1
    "big5": rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]",  # hanzi of level 1
    **dict.fromkeys(("cp1251", "cp866", "cp1253"), WHOLE_WORDS),
    **dict.fromkeys(("cp1252", "cp1250", "cp1254"), ONE_LETTER),
}
AT_A_TIE = ("cp932", "cp949", "gb18030", "big5", "cp1252")  # in this order, before those that the library ranks


def likely_encodings(data: bytes) -> list[str]:
    """Returns those of ENCODINGS that the bytes can have, the likeliest first."""
    whole_lines = data if len(data) <= SAMPLE_BYTES else data[:SAMPLE_BYTES].rpartition(b"\n")[0]
    words = b"\n".join(dict.fromkeys(WORDS_BEYOND_ASCII.findall(whole_lines)))
    possible = [encoding for encoding in ENCODINGS if _decodes(words, encoding)]
    order = [encoding for encoding in AT_A_TIE if encoding in possible]
    order += [encoding for encoding in _ranked_by_library(words, possible) if encoding not in order]
    return sorted(order, key=lambda encoding: -_common_share(words, encoding))


def _decodes(words: bytes, encoding: str) -> bool:
    try:
        words.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _ranked_by_library(words: bytes, possible: list[str]) -> list[str]:
    from charset_normalizer import from_bytes  # takes 40 ms, and few uploads need it

    if not possible:
        return []
    matches = from_bytes(words, cp_isolation=possible)
    return list(dict.fromkeys([*(match.encoding for match in matches if match.encoding in possible), *possible]))


def _common_share(words: bytes, encoding: str) -> float:
    """Returns how much of what is beyond ASCII is common letters of the encoding, in tenths."""
    beyond = len(BEYOND_ASCII.findall(words))
    rare = len(BEYOND_ASCII.findall(re.sub(COMMON_LETTERS[encoding], b"", words)))
    return round(1 - rare / beyond, 1) if beyond else 0
