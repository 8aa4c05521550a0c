"""The board that the tests of comparisons write their runs to, one for each file."""

from collections.abc import Iterator

import pytest

from tests.support.runs.boards import board_in
from tests.support.runs.compared import ComparedBoard


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComparedBoard]:
    """A board on SQLite with the dataset `digits` of six images, two of each class."""
    with board_in(tmp_path_factory.mktemp("compared")) as board:
        board.dataset("digits", [0, 0, 1, 1, 2, 2])
        yield board
