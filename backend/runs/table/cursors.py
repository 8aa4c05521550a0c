"""Cursors of all paged lists: where the next page starts, as a text that belongs to one query.

A client may send any text as a cursor, so its content is validated like a body before it reaches the database.
"""

import base64
import zlib
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json

from backend.errors import FieldError, Invalid
from backend.phrases import quoted

MAX_LENGTH = 4_096  # characters; the cursor of the longest name of a run, with each character escaped, has half of it
P = TypeVar("P")


def encode(query: object, position: list[Any]) -> str:
    """Returns the cursor of the page of `query` that starts at `position`, a list of JSON values."""
    return base64.urlsafe_b64encode(_fingerprint(query) + to_json(position)).decode().rstrip("=")


def decode(cursor: str, query: object, position: TypeAdapter[P]) -> P:
    """Returns the position that `encode` was given for an equal query.

    Raises:
        Invalid: The text is not a cursor, it belongs to another query, or its position has other types.
    """
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if content[:4] == _fingerprint(query):
            return position.validate_json(content[4:], strict=True)
    except ValueError:  # also of base64 and of pydantic
        pass
    message = f"cursor {quoted(cursor)} does not belong to a page of this query; leave it out for the first page"
    raise Invalid(f"C{message[1:]}.", [FieldError(["query", "cursor"], message)])


def _fingerprint(query: object) -> bytes:
    """Returns four bytes of a query's `repr`. The query is given without what may differ between its pages."""
    return zlib.crc32(repr(query).encode(errors="backslashreplace")).to_bytes(4)
