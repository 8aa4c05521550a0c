"""Responses that list things: `Page` for pages of JSON, `Items` for complete lists, `CsvFile` for tables."""

from typing import Generic, TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = None
    total: int


class Items(BaseModel, Generic[T]):
    items: list[T]


class CsvFile(StreamingResponse):
    media_type = "text/csv"
