"""The program that the tests of faults share."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One program for all files that kill no process but trainers. Files that kill its parts start their own."""
    with Program(tmp_path_factory.mktemp("program")).running() as running:
        yield running
