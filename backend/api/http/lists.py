"""JSON models of lists: `Page` for paged ones, `Items` for complete ones."""

from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = None
    total: int


class Items(BaseModel, Generic[T]):
    items: list[T]
