"""The exceptions that become error responses. `backend.api.http.problems` renders them as RFC 9457 problem documents.

Problem                 a status, a title and one sentence
├── BadRequest          400  the request can't be parsed
├── NotFound            404  no such run, dataset, epoch, file
├── Conflict            409  the resource's state does not allow it
├── Invalid             422  a value is not allowed; `errors` says which and why
├── TooLarge            413  the body exceeds the limit
├── TooSlow             408  the body stopped arriving
├── Forbidden           403  a foreign Host or Origin
├── DiskFull            507  no room for what was sent
└── Unavailable         503  the database, Redis or a worker does not answer
"""

from collections.abc import Sequence
from dataclasses import dataclass

Loc = Sequence[str | int]


@dataclass(frozen=True)
class FieldError:
    """An error at one location of a body: `loc` holds keys and indexes from the body's root."""

    loc: Loc
    msg: str


class Problem(Exception):
    """An error with an HTTP status; `detail` is a sentence for the user."""

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)


class BadRequest(Problem):
    status = 400
    title = "Bad request"


class NotFound(Problem):
    status = 404
    title = "Not found"


class Conflict(Problem):
    status = 409
    title = "Not possible in this state"


class Invalid(Problem):
    status = 422
    title = "Invalid request"


class TooLarge(Problem):
    status = 413
    title = "Too large"


class TooSlow(Problem):
    status = 408
    title = "Request timed out"


class Forbidden(Problem):
    status = 403
    title = "Host or origin not allowed"


class Unavailable(Problem):
    """The response has a Retry-After header of RETRY_SECONDS."""

    status = 503
    title = "Temporarily unavailable"


class DiskFull(Problem):
    status = 507
    title = "Disk full"


RETRY_SECONDS = 5
