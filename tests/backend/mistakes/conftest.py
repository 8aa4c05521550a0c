"""The board that the tests of mistakes write their runs to, one for each file."""

from tests.backend.compare.conftest import board

__all__ = ["board"]
