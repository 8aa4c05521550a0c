"""`up` reads its settings in another process."""

import os

import pytest

from standalone.board import board_settings
from standalone.errors import CommandError


def test_up_ends_if_the_process_that_reads_its_settings_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_settings, "_send_settings", lambda _data_dir, _sending: os._exit(1))

    with pytest.raises(CommandError, match="can't be read"):
        board_settings.read_board_settings(None)
