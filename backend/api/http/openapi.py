"""The OpenAPI document: what FastAPI derives from the handlers, with tags and the error responses of each operation.

Statuses that follow from an operation's form are added here. A handler that responds with another one names it in its
decorator, `responses=problems(409)`, and a new status gets its sentence in `PROBLEMS`. The tests' client compares each
response with this document.
"""

from collections.abc import Iterator
from typing import Any, get_args

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from backend.api.http.problems import ProblemDocument
from backend.live.schemas import EventPayload

MEDIA_TYPE = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """
Launch, watch and understand Keras image-classification runs.

An error is an RFC 9457 problem document: `detail` names the refused value, what is allowed, and what to do; the
`errors` of a 422 have the location of each bad value. Lists are paged by `limit` and `cursor`. Times are RFC 3339 in
UTC. A route that answers GET answers HEAD, too; the `Allow` header of a 405 has the methods of a route.
"""
PROBLEMS = {
    400: "The body is not JSON, or the Range header is malformed",
    403: "The request came from a page of another site, or to a host name that is not allowed",
    404: "There is no such run, study, dataset, epoch or file; `detail` names what there is",
    408: "The body stopped arriving",
    409: "The current state does not allow it; `detail` says which state does",
    413: "The body is larger than the limit, which `detail` has",
    416: "The file is shorter than the start of the Range header",
    422: "A value is not allowed; `errors` has the location of each, and what is allowed there",
    500: "An internal error; the output of the API process has the traceback",
    507: "The disk of the data folder or of the database is full; nothing was kept",
    503: "The database, Redis or a worker does not answer; nothing was changed",
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds until it is worth trying again", "schema": {"type": "integer"}}}
TAGS = [
    {"name": "runs", "description": "Launch, find, change, stop, resume and delete runs; their metrics and log."},
    {"name": "studies", "description": "Several runs made from one request, and what they show together."},
    {"name": "analysis", "description": "What a run's model gets right and wrong, after any of its epochs."},
    {"name": "evaluations", "description": "What is computed from a run's best model after training, on request."},
    {"name": "compare", "description": "Several runs side by side: settings, results, curves and predictions."},
    {"name": "artifacts", "description": "Files of a run: models, history, `train.py`, and exports of the best model."},
    {"name": "events", "description": "Server-sent events: one run, replayed and then live, or the whole board."},
    {"name": "datasets", "description": "Built-in and uploaded datasets, and their images."},
    {"name": "labels", "description": "Labels that are probably wrong, what people decided about them, and quizzes."},
    {"name": "specs", "description": "Check and preview a spec before its run is launched."},
    {"name": "catalog", "description": "Recipes, and what a form may offer, with limits and defaults."},
    {"name": "workers", "description": "Workers with their slots, and whether the board is alive and ready."},
]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the documentation of error responses, for the argument `responses` of a route."""
    content = {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model=ProblemDocument.__name__)}}}
    headers = {503: {"headers": RETRY_AFTER}}
    return {
        status: {"description": PROBLEMS[status], "content": content, **headers.get(status, {})} for status in statuses
    }


class DocumentedApp(FastAPI):
    """FastAPI with the error responses in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document["components"]["schemas"]
            models: list[Any] = [(model, "serialization") for model in (ProblemDocument, *get_args(EventPayload))]
            schemas.update(models_json_schema(models, ref_template=REFERENCE)[1]["$defs"])
            for path, methods in document["paths"].items():
                for method, operation in methods.items():
                    _add_problems(method, path, operation)
                    for parameter in operation.get("parameters", []):
                        parameter["schema"] = _without_null(parameter["schema"])
            for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's, of the responses replaced above
                schemas.pop(unused, None)
        return super().openapi()


def _add_problems(method: str, path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status, response in problems(*_statuses(method, path, operation)).items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a parameter without null: an address or a header can leave a value out, not send null."""
    types = [part for part in schema.get("anyOf", []) if part != {"type": "null"}]
    if len(types) != 1:
        return schema
    return {**types[0], **{key: value for key, value in schema.items() if key != "anyOf"}}


def _statuses(method: str, path: str, operation: dict[str, Any]) -> Iterator[int]:
    """Yields the error statuses that follow from an operation's form."""
    body = operation.get("requestBody", {}).get("content", {})
    yield from (403, 500)
    if "application/json" in body:
        yield 400
    if body:
        yield from (408, 413)
    if body or "parameters" in operation:
        yield 422
    if "{" in path:
        yield 404
    if path != "/healthz":
        yield 503
    if method != "get":
        yield 507
