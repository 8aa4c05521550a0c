"""The error of an export that is not offered."""

MAX_DETAILS_CHARACTERS = 2_000


class NotProved(Exception):
    """A file could not be made, or its proof failed.

    The message is a sentence for people. `details` is the text of the program that failed, for the run's log.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details.strip()[-MAX_DETAILS_CHARACTERS:]
