"""What the JSON bodies of all requests have in common."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _storable(text: str) -> str:
    """Refuse the two things in JSON's texts that a database can't hold."""
    if "\0" in text:
        raise ValueError("can't hold a NUL character; leave it out")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("can't hold half a character (a lone surrogate); leave it out")
    return text


StorableText = Annotated[str, AfterValidator(_storable)]


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
