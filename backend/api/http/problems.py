"""Exception handlers that respond with RFC 9457 problem documents."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from backend.db.errors import NO_ANSWER, DatabaseMoved, reason
from backend.db.errors import is_full as is_database_full
from backend.errors import RETRY_SECONDS, DiskFull, FieldError, Invalid, Problem, Unavailable
from backend.files import is_full
from backend.spec.validation_messages import field_error

DISK_FULL = "The disk of the data folder is full, so nothing was kept. Free some space, then send the request again."
DATABASE_FULL = "The disk of the database is full, so nothing was kept. Free some space, then send the request again."
RETRY_AFTER = {"Retry-After": str(RETRY_SECONDS)}
log = logging.getLogger(__name__)

DETAILS = {
    400: "The request can't be parsed. See /api/docs for its format.",
    404: "Not found. See /api/docs for the available routes.",
    405: "Method not allowed. See /api/docs for the methods of this route.",
    408: "The body did not arrive within 60 seconds. Send the request again.",
    413: "The body is larger than the limit of 1048576 bytes.",
}


class ProblemError(BaseModel):
    """An error at one location: keys and indexes from the body's root, or `query`, `path` or `header` and a name."""

    loc: list[str | int]
    msg: str


class ProblemDocument(BaseModel):
    """RFC 9457. `detail` names the refused value, what is allowed, and what to do."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[ProblemError] | None = None


def add_problem_handlers(app: FastAPI) -> None:
    # Starlette types each handler for Exception; it calls one only with the errors that it is added for.
    handlers: dict[type[Exception], Callable[..., Awaitable[Response]]] = {
        Problem: _problem,
        RequestValidationError: _invalid,
        HTTPException: _http,
        **dict.fromkeys(NO_ANSWER, _database),
        OSError: _file,
        DataError: _data,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


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
        errors=[ProblemError(loc=list(error.loc), msg=error.msg) for error in errors] or None,
    )
    # ASCII: the detail may quote lone surrogates of the request, which UTF-8 cannot encode.
    body = json.dumps(document.model_dump(exclude_none=True))
    return Response(body, status, headers, media_type="application/problem+json")


async def _problem(_request: Request, error: Problem) -> Response:
    headers = RETRY_AFTER if isinstance(error, Unavailable) else None
    return problem_response(error.status, error.title, error.detail, error.errors, headers)


async def _http(request: Request, error: HTTPException) -> Response:
    detail = DETAILS.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {}) | ({"Allow": _allowed_methods(request)} if error.status_code == 405 else {})
    return problem_response(error.status_code, str(error.detail), detail, headers=headers)


def _allowed_methods(request: Request) -> str:
    """Returns the methods of all routes with the request's path; Starlette names only those of the first."""
    routes = [context.original_route for context in iter_route_contexts(request.app.routes)]
    same_path = [r for r in routes if isinstance(r, Route) and r.path_regex.match(request.url.path)]
    methods = {method for route in same_path for method in route.methods or ()} or {"GET"}  # GET: a file of the page
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


async def _database(_request: Request, error: SQLAlchemyError) -> Response:
    log.error("The database did not answer: %s", reason(error))
    if is_database_full(error):
        return problem_response(DiskFull.status, DiskFull.title, DATABASE_FULL)
    detail = "The database did not answer; nothing was changed. Try again in a few seconds."
    if isinstance(getattr(error, "orig", None), DatabaseMoved):
        detail = f"{reason(error)}; nothing was changed. Move the file back, or restart the board to use the new one."
    return problem_response(Unavailable.status, Unavailable.title, detail, headers=RETRY_AFTER)


async def _file(_request: Request, error: OSError) -> Response:
    if not is_full(error):
        raise error
    log.error("The disk is full: %s", error)
    return problem_response(DiskFull.status, DiskFull.title, DISK_FULL)


async def _data(request: Request, error: DataError) -> Response:
    log.warning("%s %s sent a value that the database rejects: %s", request.method, request.url.path, error)
    detail = "A text with a NUL character or a number that is too large can't be stored or looked up; leave it out."
    return problem_response(Invalid.status, Invalid.title, detail)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "Internal error of Epochboard. The output of the API process has the traceback."
    return problem_response(500, Problem.title, detail)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return problem_response(400, "Invalid JSON", _broken_json(error.errors()[0]))
    errors = [field_error(item, _type_of(request, item["loc"][0]), error.body) for item in error.errors()]
    detail = "; ".join(f"{'.'.join(map(str, e.loc)) or 'the body'}: {e.msg}" for e in errors[:3])
    return problem_response(422, "Invalid request", detail + ".", errors)


def _type_of(request: Request, part: str) -> Any:
    """Returns the type of the request's `body`, or of its `query` where one model holds all parameters; or None."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return None
    field = route.body_field if part == "body" else next(iter(route.dependant.query_params), None)
    return field.field_info.annotation if field and part in ("body", "query") else None


def _broken_json(item: Any) -> str:
    reason = item.get("ctx", {}).get("error", "it ends too early")
    return f"The body is not JSON: {reason} at character {item['loc'][-1]}."
