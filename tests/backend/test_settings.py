"""Settings are read from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.settings import Settings


def test_a_variable_sets_a_field_unless_the_caller_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", "/data")
    monkeypatch.setenv("EPOCHBOARD_PREFORK", "false")
    monkeypatch.setenv("EPOCHBOARD_ALLOWED_HOSTS", '["board.example"]')

    settings = Settings(data_dir=Path("/elsewhere"))

    assert (settings.data_dir, settings.prefork) == (Path("/elsewhere"), False)
    assert settings.allowed_hosts == ["board.example"]
    assert settings.poll_seconds == 3.0


@pytest.mark.parametrize(("name", "text"), [("API_PROCESSES", "0"), ("ALLOWED_HOSTS", "board.example")])
def test_a_wrong_variable_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"EPOCHBOARD_{name}", text)

    with pytest.raises(ValidationError) as raised:
        Settings()

    assert [error["loc"] for error in raised.value.errors()] == [(name.lower(),)]
