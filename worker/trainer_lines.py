"""Lines that a trainer prints for its supervisor, among the output of the libraries that it uses."""

import enum

EXIT_NO_DATABASE = 4  # exit code of a trainer that could not reach the database
MARK = "\x1etrainer: "  # begins such a line; no library prints a record separator


class Sign(enum.StrEnum):
    """What a trainer tells its supervisor."""

    READY = "ready"  # its imports are done; it waits for its run
    NO_DATABASE = "no-database"  # it ends because the database did not answer; the text says what it answered
    BEGINS = "begins"  # it has read its run: from here on, a failure is not the slot's
    STEP = "step"  # it has trained some batches of an epoch
    EVALUATES = "evaluates"  # it has trained the last batch of an epoch; validation and saving follow
    SAVED = "saved"  # an epoch is committed; the next one follows
    FINISHES = "finishes"  # all epochs are trained; the last files and the test score follow
    ALIVE = "alive"  # none of these, but it works: it logs a line, or waits for the database or the disk


def tell(sign: Sign, text: str = "") -> None:
    """Prints a line for the supervisor, which reads the standard output of its trainer."""
    print(f"\n{MARK}{sign} {text}", flush=True)


def read_sign(line: str) -> tuple[Sign, str] | None:
    """Returns the sign and the text of a line of a trainer's output, or None for a line of a library."""
    if not line.startswith(MARK):
        return None
    sign, _, text = line.removeprefix(MARK).strip().partition(" ")
    return Sign(sign), text
