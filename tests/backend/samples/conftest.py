"""The board that the tests of single images write their runs to, one for each file."""

from tests.backend.compare.conftest import board

__all__ = ["board"]
