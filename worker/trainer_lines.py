"""Lines that a trainer prints for its supervisor, among the output of the libraries that it uses."""

import enum

EXIT_NO_DATABASE = 4  # exit code of a trainer that could not reach the database
MARK = "\x1etrainer: "  # begins such a line; no library prints a record separator


class Sign(enum.StrEnum):
    """What a trainer tells its supervisor."""

    READY = "ready"  # its imports are done; it waits for its run
    BEGINS = "begins"  # it has read its run: from here on, a failure is not the slot's


def tell(sign: Sign) -> None:
    """Prints a line for the supervisor, which reads the standard output of its trainer."""
    print(f"\n{MARK}{sign}", flush=True)


def read_sign(line: str) -> Sign | None:
    """Returns what a line of a trainer's output tells, or None for a line of a library."""
    return Sign(line.removeprefix(MARK).strip()) if line.startswith(MARK) else None
