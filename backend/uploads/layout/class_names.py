"""Which texts can be the name of a class."""

import unicodedata

from backend.requests import bad_character
from backend.uploads.archive.rules import InvalidZip, quoted

MAX_CLASSES = 1000
MAX_CLASS_LENGTH = 100


def class_name(text: str) -> str:
    """Returns the name in Unicode NFC. Raises InvalidZip if a class can't have it."""
    name = unicodedata.normalize("NFC", text)
    if not name.strip() or name != name.strip():
        raise InvalidZip(f"The class name {quoted(name)} is empty or begins or ends with a space; rename it.")
    if problem := bad_character(name):
        raise InvalidZip(f"The class name {quoted(name)} has {problem}; rename it.")
    if len(name) > MAX_CLASS_LENGTH:
        raise InvalidZip(f"The class name {quoted(name)} has more than {MAX_CLASS_LENGTH} characters; shorten it.")
    return name
