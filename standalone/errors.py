"""The error that ends a command with a sentence instead of a traceback."""


class CommandError(Exception):
    """Ends a command: `main` prints the message and exits with `code`, 2 for wrong usage and 1 otherwise."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
