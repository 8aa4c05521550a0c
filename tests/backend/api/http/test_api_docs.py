"""The OpenAPI document: what a person reads on the API page is written, and its examples and errors are right."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter, ValidationError

from backend.api.http.openapi import TAGS
from backend.application import create_app
from backend.requests import LINE_PATTERN, LINES_PATTERN, Line, Lines
from backend.settings import Settings

APP = create_app(Settings())
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, methods in APP.openapi()["paths"].items()
    for method, operation in methods.items()
}
ROUTES = [context.original_route for context in iter_route_contexts(APP.routes)]
JSON_ROUTES = [route for route in ROUTES if isinstance(route, APIRoute) and route.body_field is not None]
BODIES = {name: operation["requestBody"] for name, operation in OPERATIONS.items() if "requestBody" in operation}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_summary_and_a_description_of_its_own(name: str) -> None:
    operation = OPERATIONS[name]

    assert (
        operation["summary"] != operation["operationId"].replace("_", " ").title()
    )  # FastAPI's, of the handler's name
    assert operation["description"].endswith(".")
    assert [parameter["name"] for parameter in operation.get("parameters", []) if "description" not in parameter] == []
    assert set(operation["tags"]) <= {tag["name"] for tag in TAGS}


def test_each_tag_is_used_and_described() -> None:
    used = {tag for operation in OPERATIONS.values() for tag in operation["tags"]}

    assert {tag["name"] for tag in TAGS} == used
    assert all(tag["description"].endswith(".") for tag in TAGS)


@pytest.mark.parametrize("route", JSON_ROUTES, ids=lambda route: route.name)
def test_the_examples_of_a_body_are_valid(route: APIRoute) -> None:
    assert route.body_field is not None
    body_type = TypeAdapter(cast(Any, route.body_field.field_info.annotation))
    body = next(body for name, body in BODIES.items() if OPERATIONS[name]["operationId"] == route.name)

    for example in body["content"]["application/json"]["examples"].values():
        body_type.validate_json(json.dumps(example["value"]))


@pytest.mark.parametrize(("text_type", "pattern"), [(Line, LINE_PATTERN), (Lines, LINES_PATTERN)])
def test_the_pattern_of_a_text_agrees_with_its_rule(text_type: Any, pattern: str) -> None:
    adapter = TypeAdapter(text_type)
    for text in [*map(chr, range(0x3000)), "a\r\nb", "a\n\tb", "a\rb"]:
        try:
            adapter.validate_python(text)
        except ValidationError:
            assert not re.fullmatch(pattern, text), repr(text)
        else:
            assert re.fullmatch(pattern, text), repr(text)


@pytest.mark.parametrize("name", BODIES)
def test_each_body_has_an_example_or_a_command_that_sends_one(name: str) -> None:
    [(media_type, content)] = BODIES[name]["content"].items()

    assert content["examples"] if media_type == "application/json" else "curl" in BODIES[name]["description"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_error_is_documented_as_a_problem_document(name: str) -> None:
    reference = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    errors = {status: response for status, response in OPERATIONS[name]["responses"].items() if status >= "400"}
    if name == "GET /readyz":
        del errors["503"]  # the same document as 200, with what is missing

    assert {"403", "500"} <= set(errors)
    assert all(response["content"] == {"application/problem+json": reference} for response in errors.values())


def test_making_the_document_touches_no_data_folder(tmp_path: Path) -> None:
    """The client of the page is generated on machines that have a board of their own."""
    create_app(Settings(data_dir=tmp_path / "board")).openapi()

    assert not (tmp_path / "board").exists()
