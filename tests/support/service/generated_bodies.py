"""Lets schemathesis send bodies that are bytes: its configuration, tests/schemathesis.toml, names this module."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/zip", "image/*")
def as_bytes(_context: object, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
