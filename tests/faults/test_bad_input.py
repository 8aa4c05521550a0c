"""Bad input over HTTP, on both databases: the response is a problem document with the value and what is allowed."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

SPEC: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "model": {"preset": "strided_cnn", "options": {"filters": [8, 8], "padding": "same"}},
}
JSON = {"Content-Type": "application/json"}


def spec_with_value(path: str, value: Any) -> Any:
    """Returns SPEC with another value at `path`."""
    return spec_with({path: value})


def spec_with(changes: dict[str, Any]) -> Any:
    spec = copy.deepcopy(SPEC)
    for path, value in changes.items():
        *parents, last = path.split(".")
        part = spec
        for key in parents:
            part = part.setdefault(key, {})
        part[last] = value
    return spec


def check_problem(response: Any, status: int) -> Any:
    """Returns the problem document of a response with that status."""
    content_type = response.headers["content-type"]
    assert (response.status_code, content_type) == (status, "application/problem+json"), response.text
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= set(problem)
    return problem


@pytest.mark.parametrize(
    ("path", "value", "quoted", "allowed"),
    [
        ("epochs", 0, "you gave 0", "at least 1"),
        ("epochs", 10**9, "you gave 1000000000", "at most 100000"),
        ("epochs", "15", 'you gave "15"', "a whole number"),
        ("epochs", 1.5, "you gave 1.5", "a whole number"),
        ("epochs", 1e300, "you gave 1e+300", "a whole number"),
        ("epochs", True, "you gave true", "a whole number"),
        ("epochs", None, "you gave null", "a whole number"),
        ("batch_size", 0, "you gave 0", "at least 1"),
        ("seed", -1, "you gave -1", "at least 0"),
        ("optimizer.learning_rate", 0, "you gave 0", "more than 0"),
        ("optimizer.learning_rate", float("nan"), "you gave NaN", "a finite number"),
        ("optimizer.name", "adamax", 'you gave "adamax"', "adam, adamw, sgd, rmsprop"),
        ("model.preset", "resnet", 'you gave "resnet"', "strided_cnn, vgg"),
        ("model.options.padding", "full", 'you gave "full"', "'valid' or 'same'"),
        ("model.options.filters", [], "you gave []", "at least 1 item"),
        ("model.options.filters", 32, "you gave 32", "a list"),
        ("dataset.train_limit", 0, "you gave 0", "at least 1"),
        ("callbacks.checkpoint.monitor", "auc", 'you gave "auc"', "'val_macro_f1'"),
        ("dataset", "digits", 'you gave "digits"', "an object"),
        (
            "model.options.stride",
            3,
            "there is no such field",
            "allowed here: dense_units, activation, batch_normalization",
        ),
        ("optimizer.momentum", 0.9, "there is no such field", "allowed here: learning_rate, weight_decay, clipnorm"),
        ("epoch", 3, "there is no such field", "allowed here: dataset, preprocessing, model"),
    ],
)
def test_the_error_of_a_bad_value_quotes_it_and_names_what_is_allowed(
    client: TestClient, path: str, value: Any, quoted: str, allowed: str
) -> None:
    body = json.dumps({"spec": spec_with_value(path, value)})
    problem = check_problem(client.post("/api/runs", content=body, headers=JSON), 422)

    assert [error["loc"] for error in problem["errors"]] == [["spec", *path.split(".")]]
    assert quoted in problem["errors"][0]["msg"]
    assert allowed in problem["errors"][0]["msg"]
    assert client.get("/api/runs").json()["total"] == 0


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        (
            {"model.preset": "vgg", "model.options": {"blocks": [[32], [0]]}},
            "model.options.blocks.1.0",
            "at least 1; you gave 0",
        ),
        (
            {"model.preset": "vgg", "model.options": {"filters": [3]}},
            "model.options.filters",
            "allowed here: dense_units",
        ),
        (
            {"dataset.validation": {"from": "train", "fraction": 2}},
            "dataset.validation.fraction",
            "at most 0.9; you gave 2",
        ),
        ({"dataset.validation": {"from": "half"}}, "dataset.validation.from", 'train, validation; you gave "half"'),
        ({"optimizer": {"name": "sgd", "beta_1": 0.9}}, "optimizer.beta_1", "allowed here: learning_rate"),
        ({"optimizer.schedule": {"name": "linear"}}, "optimizer.schedule.name", 'exponential; you gave "linear"'),
        ({"augmentation": {"zoom": 1}}, "augmentation.zoom", "less than 1; you gave 1"),
        ({"augmentation": {"shear": 1}}, "augmentation.shear", "allowed here: width_shift"),
        ({"class_weights": "rare"}, "class_weights", "must be 'balanced'; you gave \"rare\""),
        ({"class_weights": {"cat": -1}}, "class_weights.cat", "at least 0; you gave -1"),
        ({"loss.label_smoothing": 0.1}, "loss.label_smoothing", "needs the loss categorical_crossentropy"),
        ({"precision": "float16"}, "precision", "'mixed_bfloat16' or 'mixed_float16'"),
        ({"callbacks.early_stopping": {"monitor": "auc"}}, "callbacks.early_stopping.monitor", "'val_macro_f1'"),
        (
            {"callbacks.reduce_lr": {}, "optimizer.schedule": {"name": "cosine"}},
            "optimizer.schedule",
            "would both set the learning rate",
        ),
        ({"init": {"run": "abc"}}, "init.run", "there is no run 'abc'; give the id of a run that has a best model"),
        ({"init": {"run": ["abc"]}}, "init.run", "you gave"),
        ({"init": "abc"}, "init", "you gave"),
    ],
)
def test_an_error_has_the_location_of_the_bad_part(
    client: TestClient, changes: dict[str, Any], path: str, message: str
) -> None:
    problem = check_problem(client.post("/api/runs", json={"spec": spec_with(changes)}), 422)

    loc = ["spec", *(int(key) if key.isdecimal() else key for key in path.split("."))]
    assert [error["loc"] for error in problem["errors"]] == [loc]
    assert message in problem["errors"][0]["msg"]


def test_a_number_without_a_fraction_is_an_integer(client: TestClient) -> None:
    body = spec_with({"epochs": 3.0, "batch_size": 6.4e1, "model.options.filters": [8.0, 8]})

    spec = client.post("/api/runs", json={"spec": body}).json()["spec"]

    assert (spec["epochs"], spec["batch_size"], spec["model"]["options"]["filters"]) == (3, 64, [8, 8])


@pytest.mark.parametrize(
    ("method", "route", "loc", "allowed"),
    [
        ("POST", "/api/runs", ["x"], "spec, recipe, name, tags, notes, priority, cloned_from"),
        ("PATCH", "/api/runs/nothing", ["x"], "name, tags, notes, priority"),
        ("POST", "/api/runs/nothing/stop", ["x"], "mode"),
        ("POST", "/api/runs/nothing/resume", ["x"], "epochs"),
        ("POST", "/api/specs/check", ["dataset", "x"], "name, train_limit, test_limit, validation"),
        ("POST", "/api/specs/preview", ["callbacks", "early_stopping", "x"], "monitor, patience, min_delta"),
    ],
)
def test_an_unknown_field_is_refused_with_the_fields_of_that_route(
    client: TestClient, method: str, route: str, loc: list[str], allowed: str
) -> None:
    body: dict[str, Any] = {"x": 1}
    for key in reversed(loc[:-1]):
        body = {key: body}

    problem = check_problem(client.request(method, route, json=body), 422)

    messages = {tuple(error["loc"]): error["msg"] for error in problem["errors"]}
    assert messages[tuple(loc)].startswith(f"there is no such field; allowed here: {allowed}")


def test_an_unknown_parameter_is_refused_with_those_of_that_route(client: TestClient) -> None:
    problem = check_problem(client.get("/api/datasets/digits/images", params={"x": 1}), 422)

    message = "there is no such field; allowed here: split, class, limit, seed"
    assert problem["errors"] == [{"loc": ["query", "x"], "msg": message}]


@pytest.mark.parametrize(("key", "missing"), [("dataset", "dataset"), ("model", "model")])
def test_a_missing_required_part_is_named(client: TestClient, key: str, missing: str) -> None:
    spec = {name: part for name, part in SPEC.items() if name != key}
    problem = check_problem(client.post("/api/runs", json={"spec": spec}), 422)

    assert problem["errors"] == [{"loc": ["spec", missing], "msg": "is missing and is required"}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"recipe": "digits-quick"', 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"digits-quick"', 422),
        (b'{"recipe": "\xff"}', 400),
        (b"[" * 60_000, 400),
        (b'{"recipe": "digits-quick", "name": "\\ud800"}', 422),
        (b'{"recipe": "digits-quick", "tags": ["\\ud800"]}', 422),
        (b'{"recipe": "digits-quick", "\\ud800": 1}', 422),
        (b'{"recipe": "digits-quick", "name": "a\\u0000b"}', 422),
        (b'{"recipe": "digits-quick", "notes": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
    ids=[
        "cut",
        "empty",
        "null",
        "list",
        "text",
        "not utf-8",
        "deep",
        "half a character",
        "in a list",
        "as a key",
        "nul",
        "large",
    ],
)
def test_a_malformed_body_is_refused_with_a_short_message(client: TestClient, body: bytes, status: int) -> None:
    problem = check_problem(client.post("/api/runs", content=body, headers=JSON), status)

    assert len(problem["detail"]) < 400
    assert client.get("/api/runs").json()["total"] == 0


def test_a_body_over_the_limit_is_refused_while_it_arrives(client: TestClient) -> None:
    def large_body() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 16_384

    problem = check_problem(client.post("/api/runs", content=large_body(), headers=JSON), 413)
    assert "1048576 bytes" in problem["detail"]


def cursor(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "address",
    [
        "/api/runs/%00",
        "/api/runs/nothing/report",
        "/api/runs/nothing/artifacts/..%2F..%2Fepochboard.db",
        "/api/datasets/%00",
        "/api/datasets/nothing",
        "/api/datasets/digits/images/test/99999999999999999999.png",
        "/api/datasets/..%2f..%2fetc/images/test/0.png",
    ],
)
def test_an_address_without_a_resource_is_refused(client: TestClient, address: str) -> None:
    response = client.get(address)
    check_problem(response, response.status_code)

    assert response.status_code in (404, 422)


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": cursor("abc", "x")},
        {"cursor": cursor(10**30, "x")},
        {"cursor": cursor(None, "x\0")},
        {"sort": "name", "cursor": cursor(3, "x")},
        {"sort": "epoch", "cursor": cursor(1.5, "x")},
        {"q": "\0"},
        {"tag": "\0"},
        {"dataset": "\0"},
        {"limit": "999999999999999999999"},
    ],
)
def test_a_strange_query_of_the_list_is_answered_or_refused(client: TestClient, query: dict[str, str]) -> None:
    response = client.get("/api/runs", params=query)

    if response.status_code != 200:
        check_problem(response, 422)


@pytest.mark.parametrize(
    "address", ["log?after={}", "log?limit={}", "events?last_event_id={}", "metrics?max_points={}"]
)
@pytest.mark.parametrize("number", ["99999999999999999999999", "-1", "x", ""])
def test_a_number_out_of_range_is_refused(client: TestClient, address: str, number: str) -> None:
    run = client.post("/api/runs", json={"spec": SPEC}).json()["id"]

    check_problem(client.get(f"/api/runs/{run}/{address.format(number)}"), 422)
