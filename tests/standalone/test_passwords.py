"""Passwords in files: made once, read by the settings, and never handed to a child in its environment."""

import stat
from pathlib import Path

import pytest

from backend.settings import Settings
from backend.variables import WrongSetting
from standalone.board import passwords, services


def test_they_are_made_once_and_stay(tmp_path: Path) -> None:
    assert passwords.make(tmp_path) == ["database", "redis", "valkey.conf"]
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}

    assert passwords.make(tmp_path) == []
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before
    assert before["valkey.conf"] == f"requirepass {before['redis']}"
    assert before["database"] != before["redis"]
    assert all(len(before[name]) == 64 for name in ("database", "redis"))


def test_only_their_owner_and_group_may_read_them(tmp_path: Path) -> None:
    passwords.make(tmp_path)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o440}


def test_one_that_was_not_finished_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "redis.new").write_text("half of a pass")
    passwords.make(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"database", "redis", "valkey.conf"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+psycopg://me@host/name", "postgresql+psycopg://me:a%20%2F%40b@host/name"),
        ("postgresql+psycopg://me:own@host/name", "postgresql+psycopg://me:own@host/name"),
        ("sqlite:////folder/me@home.db", "sqlite:////folder/me@home.db"),
    ],
)
def test_the_settings_put_the_password_into_an_address_that_has_none(tmp_path: Path, url: str, expected: str) -> None:
    file = tmp_path / "password"
    file.write_text("a /@b\n")
    assert Settings(database_url=url, database_password_file=file).sqlalchemy_url == expected


def test_the_password_of_redis_needs_no_user(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("word")
    settings = Settings(redis_url="redis://valkey:6379/0", redis_password_file=file)
    assert settings.broker_url == "redis://:word@valkey:6379/0"
    assert Settings(data_dir=tmp_path, redis_password_file=file).broker_url == f"unix://{tmp_path}/valkey/valkey.sock"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATABASE_PASSWORD_FILE", str(tmp_path / "nothing"))

    with pytest.raises(WrongSetting, match="EPOCHBOARD_DATABASE_PASSWORD_FILE"):
        Settings()


def test_children_of_up_read_the_file_themselves(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a secret word")
    address = "postgresql+psycopg://me@host/name"
    settings = Settings(data_dir=tmp_path, database_url=address, database_password_file=file, redis_url="redis://host")
    environment = services.environment(settings)
    assert environment["EPOCHBOARD_DATABASE_URL"] == address
    assert not any("secret" in value for value in environment.values())
