"""Settings are read from the environment."""

from dataclasses import fields
from pathlib import Path

import pytest

from backend.settings import Settings
from backend.variables import WrongSetting


def test_a_variable_sets_a_field_unless_the_caller_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", "/data")
    monkeypatch.setenv("EPOCHBOARD_PREFORK", "false")
    monkeypatch.setenv("EPOCHBOARD_ALLOWED_HOSTS", '["board.example"]')

    settings = Settings(data_dir=Path("/elsewhere"))

    assert (settings.data_dir, settings.prefork) == (Path("/elsewhere"), False)
    assert settings.allowed_hosts == ["board.example"]
    assert settings.poll_seconds == 3.0


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("API_PROCESSES", "0", "a whole number from 1 to 64"),
        ("API_PROCESSES", "65", "a whole number from 1 to 64"),
        ("STUDY_RUNS", "2.5", "a whole number above 0"),
        ("LEASE_SECONDS", "soon", "a number above 0"),
        ("LEASE_SECONDS", "-1", "a number above 0"),
        ("LEASE_SECONDS", "nan", "a number above 0"),
        ("LEASE_SECONDS", "inf", "a number above 0"),
        ("PREFORK", "maybe", "true or false"),
        ("ALLOWED_HOSTS", "board.example", 'a JSON list of texts, such as ["localhost"]'),
        ("ALLOWED_HOSTS", "[1]", 'a JSON list of texts, such as ["localhost"]'),
        ("DATABASE_PASSWORD_FILE", "/nothing", "the path of a file"),
        ("DATA_DIR", "~no-such-user/board", "a path without ~, since that home folder is not known"),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_has_to_be(
    name: str, text: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"EPOCHBOARD_{name}", text)

    with pytest.raises(WrongSetting) as raised:
        Settings()

    assert str(raised.value) == f"EPOCHBOARD_{name} is {text!r}, and has to be {allowed}"


def test_a_variable_is_named_after_its_field() -> None:
    assert {field.metadata["name"] for field in fields(Settings)} == {
        f"EPOCHBOARD_{field.name.upper()}" for field in fields(Settings)
    }
