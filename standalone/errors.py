"""What the command line answers instead of a traceback."""


class Refusal(Exception):
    """One sentence for the person who typed the command, and the exit code: 2 for wrong usage, 1 for the rest."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
