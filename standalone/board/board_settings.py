"""The settings that `up` needs, read in a forked process: pydantic would keep 9 MB in this one as long as it serves."""

import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from standalone.errors import CommandError


@dataclass(frozen=True)
class BoardSettings:
    """Those of `backend.settings.Settings`."""

    data_dir: Path
    database_url: str
    redis_url: str
    frontend_dir: Path
    allowed_hosts: list[str]
    api_processes: int


def read_board_settings(data_dir: str | None) -> BoardSettings:
    """Returns the settings of the environment; --data-dir overrides EPOCHBOARD_DATA_DIR.

    Raises:
        CommandError: They can't be used.
    """
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_send_settings, args=(data_dir, sending))
    process.start()
    sending.close()  # so that the reading ends if the process ends without an answer
    try:
        result = receiving.recv()
    except EOFError:
        raise CommandError("The settings can't be read, for the reason above.") from None
    process.join()
    if isinstance(result, CommandError):
        raise result
    return BoardSettings(**result)


def _send_settings(data_dir: str | None, sending: "Connection[object, object]") -> None:
    from standalone.board.checks import read_settings

    try:
        sending.send(read_settings(data_dir).model_dump(include=set(BoardSettings.__dataclass_fields__)))
    except CommandError as error:
        sending.send(error)
