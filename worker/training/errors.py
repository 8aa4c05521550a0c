"""The error of a training that its user can correct."""


class TrainingError(Exception):
    """`title` is the headline, `detail` says what happened, `hint` what to try."""

    def __init__(self, title: str, detail: str, hint: str) -> None:
        super().__init__(f"{title}: {detail}")
        self.title = title
        self.detail = detail
        self.hint = hint
