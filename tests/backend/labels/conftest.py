"""The board that the tests of labels write their datasets and runs to, one for each file."""

from collections.abc import Iterator

import pytest

from tests.support.runs.boards import board_in
from tests.support.runs.compared import ComparedBoard


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComparedBoard]:
    with board_in(tmp_path_factory.mktemp("labels")) as board:
        yield board
