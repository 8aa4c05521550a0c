"""The address of the shared program, where the commands find it."""

import pytest

from tests.support.service.program import Program


@pytest.fixture
def url(program: Program, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"http://127.0.0.1:{program.port}"
    monkeypatch.setenv("EPOCHBOARD_URL", address)
    return address
