"""Responses that list things: `Page` for pages of JSON, `Items` for complete lists, `CsvFile` for tables."""

from typing import Any, Generic, TypeVar

from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from pydantic_core import to_json

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = None
    total: int


class Items(BaseModel, Generic[T]):
    items: list[T]


class CsvFile(StreamingResponse):
    media_type = "text/csv"


class JsonResponse(JSONResponse):
    """JSON of values that need no validation: FastAPI would validate and convert each item of a list again."""

    def render(self, content: Any) -> bytes:
        return to_json(content, inf_nan_mode="null")
