"""One whole program for the tests of a file that kill its parts: each leaves it as it found it."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("program")).running() as running:
        yield running
