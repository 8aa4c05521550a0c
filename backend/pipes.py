"""The pipes between a process and the children that it starts."""

from typing import IO, AnyStr


def opened(pipe: IO[AnyStr] | None) -> IO[AnyStr]:
    """Returns a pipe that a child was started with.

    Raises:
        ValueError: The child was started without it.
    """
    if pipe is None:
        raise ValueError("The process was started without this pipe; start it with subprocess.PIPE.")
    return pipe
