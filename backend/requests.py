"""Base types of JSON request bodies; every model of a body derives from `RequestBody`."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _storable(text: str) -> str:
    """Rejects NUL and lone surrogates, which a database cannot store."""
    if "\0" in text:
        raise ValueError("can't hold a NUL character; leave it out")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("can't hold half a character (a lone surrogate); leave it out")
    return text


StorableText = Annotated[str, AfterValidator(_storable)]


class RequestBody(BaseModel):
    """A body without unknown fields and without type conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)
