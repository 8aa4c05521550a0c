"""Errors as RFC 9457 problem documents: what was given, what is allowed, what to do next."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from backend.api.sentences import sentence
from backend.errors import FieldError, Invalid, Problem, Unavailable
from backend.schemas import RunChange, RunCreate

log = logging.getLogger(__name__)

BODIES: dict[str, type[BaseModel]] = {"POST": RunCreate, "PATCH": RunChange}
ALLOWED = {
    400: "The request can't be read; see the API page at /api/docs.",
    404: "There is nothing at this address; the API page at /api/docs lists what there is.",
    405: "This address does not take this method; the API page at /api/docs lists what it takes.",
    413: "The body is larger than the 65536 bytes that are allowed here.",
}


class ProblemDocument(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


def add_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(DataError, _data)
    app.add_exception_handler(Exception, _unexpected)


def problem_response(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    document = ProblemDocument(
        title=title,
        status=status,
        detail=detail,
        errors=[{"loc": list(error.loc), "msg": error.msg} for error in errors] or None,
    )
    # ASCII: what was given is quoted here, and may hold half characters that UTF-8 has no bytes for.
    body = json.dumps(document.model_dump(exclude_none=True))
    return Response(body, status, headers, media_type="application/problem+json")


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - Starlette types every handler for Exception
    return problem_response(error.status, error.title, error.detail, error.errors)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = ALLOWED.get(error.status_code, str(error.detail))
    return problem_response(error.status_code, str(error.detail), detail, headers=dict(error.headers or {}))


async def _database(_request: Request, error: Exception) -> Response:
    log.error("The database did not answer: %s", error)
    detail = "The database did not answer; nothing was changed. Try again in some seconds."
    return problem_response(Unavailable.status, Unavailable.title, detail, headers={"Retry-After": "5"})


async def _data(request: Request, error: Exception) -> Response:
    log.warning("%s %s asked the impossible of the database: %s", request.method, request.url.path, error)
    detail = "A text with a NUL character or a number that is too large can't be stored or looked up; leave it out."
    return problem_response(Invalid.status, Invalid.title, detail)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "This is a defect of Epochboard; the API's output has the traceback."
    return problem_response(500, Problem.title, detail)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return problem_response(400, "Broken JSON", _broken_json(error.errors()[0]))
    errors = [_field_error(item, BODIES.get(request.method)) for item in error.errors()]
    detail = "; ".join(f"{'.'.join(map(str, e.loc)) or 'the body'}: {e.msg}" for e in errors[:3])
    return problem_response(422, "Not valid", detail + ".", errors)


def _broken_json(item: Any) -> str:
    reason = item.get("ctx", {}).get("error", "it ends too early")
    return f"The body is not JSON: {reason} at character {item['loc'][-1]}."


def _field_error(item: Any, body: type[BaseModel] | None) -> FieldError:
    loc = [key for key in item["loc"][1:] if not _is_branch(key)] if item["loc"][0] == "body" else list(item["loc"])
    return FieldError(loc, sentence(item, loc, body))


def _is_branch(key: object) -> bool:
    """Whether pydantic put the name of a union's branch into the place, which is no key of the body."""
    return isinstance(key, str) and "[" in key
