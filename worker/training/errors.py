"""How a training fails in a way that a person can mend."""


class TrainingError(Exception):
    """`title` is the headline, `detail` what happened, `hint` what to try."""

    def __init__(self, title: str, detail: str, hint: str) -> None:
        super().__init__(f"{title}: {detail}")
        self.title = title
        self.detail = detail
        self.hint = hint
