"""What the look at an uploaded zip says: what was understood, what looks wrong, and what may be chosen instead."""

from typing import Literal

from pydantic import BaseModel

from backend.datasets.schemas import Notice as Notice  # it is also part of a stored dataset

PartRole = Literal["train", "validation", "test", "classes", "labels", "left_out"]
ColumnRole = Literal["image", "class", "split", "slices", "ignored"]


class Part(BaseModel):
    """A top folder of the zip, a table, or a kind of files that are left out; `roles` are those it may have instead."""

    path: str
    text: str
    role: PartRole
    roles: list[PartRole] = []


class TableColumn(BaseModel):
    """`slices` is the role of a column whose values are kept to divide the images by."""

    name: str
    role: ColumnRole
    roles: list[ColumnRole] = []


class TableRead(BaseModel):
    """How a table was read; `rows` are its first ones."""

    file: str
    text: str
    columns: list[TableColumn]
    rows: list[list[str]]


class ChoiceValue(BaseModel):
    value: str
    title: str
    effect: str = ""


class Choice(Notice):
    """A question that the upload option `option` answers; `chosen` is the value that was taken."""

    option: str
    values: list[ChoiceValue]
    chosen: str

    def answer(self) -> Notice:
        """Returns what was taken, and how to take something else."""
        taken = next((value for value in self.values if value.value == self.chosen), None)
        reading = f"Taken as {taken.title} ({taken.effect})." if taken else f"Taken as {self.chosen}."
        step = f"To change it, upload the zip again with another {self.option}."
        return Notice(title=self.title, text=f"{reading} {step}", examples=self.examples)
