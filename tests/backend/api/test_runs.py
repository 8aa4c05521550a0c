"""Runs over HTTP, on both databases and without Redis, which requests do not need."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.settings import Settings
from tests.support.runs.stored_runs import write_runs

QUICK = {"recipe": "digits-quick"}


def launch(client: TestClient, **body: Any) -> Any:
    answer = client.post("/api/runs", json={**QUICK, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def end(database: Database, status: str = "failed") -> None:
    with database.write() as session:
        claimed = leases.claim(session, "w", "cpu-0", 30)
        assert claimed is not None
        leases.fence(session, claimed[0]).status = status


def test_a_run_from_a_recipe_is_queued_with_its_complete_spec(client: TestClient) -> None:
    answer = client.post("/api/runs", json={**QUICK, "tags": ["first"], "notes": "hello", "priority": "high"})

    run = answer.json()
    assert answer.headers["location"] == f"/api/runs/{run['id']}"
    assert (run["status"], run["queue_position"], run["recipe"]) == ("queued", 1, "digits-quick")
    assert (run["tags"], run["notes"], run["priority"]) == (["first"], "hello", "high")
    assert run["spec"]["optimizer"]["epsilon"] == 1e-7
    assert run["created_at"].endswith("Z")
    assert client.get(f"/api/runs/{run['id']}").json() == run


def test_the_same_key_and_body_give_the_same_run(client: TestClient) -> None:
    headers = {"Idempotency-Key": "once"}

    first = client.post("/api/runs", json=QUICK, headers=headers)
    again = client.post("/api/runs", json=QUICK, headers=headers)
    other = client.post("/api/runs", json={**QUICK, "name": "else"}, headers=headers)

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert other.status_code == 422
    assert "'once' was used with another body" in other.json()["detail"]
    assert client.get("/api/runs").json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "loc", "message"),
    [
        ({"recipe": "nope"}, ["recipe"], "there is no recipe 'nope'; the recipes are digits-quick, photos-quick"),
        ({}, ["spec"], "give either a spec or the name of a recipe"),
        ({**QUICK, "epochs": 3}, ["epochs"], "no such field; allowed here: spec, recipe, name"),
        ({**QUICK, "priority": "urgent"}, ["priority"], 'you gave "urgent"'),
        ({**QUICK, "tags": "one"}, ["tags"], 'you gave "one"'),
    ],
)
def test_a_bad_request_names_the_field_and_what_is_allowed(
    client: TestClient, body: Any, loc: list[str], message: str
) -> None:
    answer = client.post("/api/runs", json=body)

    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["status"], problem["errors"][0]["loc"]) == (422, loc)
    assert message in problem["errors"][0]["msg"]
    assert message in problem["detail"] or message[0].upper() + message[1:] in problem["detail"]


def test_errors_inside_a_spec_have_a_location_from_the_bodys_root(client: TestClient) -> None:
    spec = {"dataset": {"name": "digits", "limit": 3}, "model": {"preset": "strided_cnn"}, "epochs": 10**9}

    errors = client.post("/api/runs", json={"spec": spec}).json()["errors"]

    assert [error["loc"] for error in errors] == [["spec", "dataset", "limit"], ["spec", "epochs"]]
    assert "allowed here: name, train_limit, test_limit, validation" in errors[0]["msg"]
    assert "at most 100000; you gave 1000000000" in errors[1]["msg"]


def test_an_unknown_dataset_is_refused_with_the_known_ones(client: TestClient) -> None:
    spec = {"dataset": {"name": "cats"}, "model": {"preset": "strided_cnn"}}

    problem = client.post("/api/runs", json={"spec": spec}).json()

    assert problem["errors"][0]["loc"] == ["spec", "dataset", "name"]
    assert (
        problem["detail"]
        == "There is no dataset 'cats'; the datasets are digits, fashion_mnist, cifar10, mnist, cifar100."
    )


def test_broken_json_and_a_large_body_have_their_own_errors(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}

    broken = client.post("/api/runs", content=b'{"recipe": ', headers=headers)
    huge = client.post("/api/runs", content=b'{"notes": "' + b"x" * 1_100_000 + b'"}', headers=headers)

    assert (broken.status_code, broken.json()["title"]) == (400, "Invalid JSON")
    assert "at character 11" in broken.json()["detail"]
    assert (huge.status_code, huge.json()["status"]) == (413, 413)
    assert huge.json()["detail"] == "The body is larger than the limit of 1048576 bytes."


def test_pages_list_each_run_once_in_every_order(client: TestClient) -> None:
    ids = {launch(client, name=name)["id"] for name in ("b", "a", "c", "a", "b")}

    for sort in ("-created_at", "name", "-name", "best.val_accuracy", "-best.val_loss"):
        seen: list[str] = []
        cursor = None
        while True:
            query = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = client.get("/api/runs", params=query).json()
            seen += [run["id"] for run in page["items"]]
            assert page["total"] == 5
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(ids), sort


def test_the_list_filters_by_status_tag_and_text(client: TestClient) -> None:
    launch(client, name="with 100% rain", tags=["wet"])
    launch(client, name="dry", notes="no rain at all")

    def names(**query: str) -> list[str]:
        return [run["name"] for run in client.get("/api/runs", params=query).json()["items"]]

    assert names(status="queued") == ["dry", "with 100% rain"]
    assert names(status="finished") == []
    assert names(tag="wet") == ["with 100% rain"]
    assert names(q="100%") == ["with 100% rain"]
    assert names(q="RAIN", sort="name") == ["dry", "with 100% rain"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"sort": "colour"}, 'There is no field "colour"; GET /api/runs/fields lists all'),
        ({"cursor": "!!"}, "does not belong to a page of this query"),
        ({"limit": "201"}, "at most 200"),
        ({"status": "dead"}, 'you gave "dead"'),
    ],
)
def test_a_bad_query_is_refused_with_a_message(client: TestClient, query: dict[str, str], message: str) -> None:
    answer = client.get("/api/runs", params=query)

    assert answer.status_code == 422
    assert message in answer.json()["detail"]


def test_name_tags_and_priority_can_be_changed_and_nothing_else(client: TestClient) -> None:
    run = launch(client)

    changed = client.patch(f"/api/runs/{run['id']}", json={"name": "better", "tags": ["x"], "priority": "low"})
    refused = client.patch(f"/api/runs/{run['id']}", json={"epochs": 3})

    assert (changed.json()["name"], changed.json()["tags"], changed.json()["priority"]) == ("better", ["x"], "low")
    assert refused.json()["errors"] == [
        {"loc": ["epochs"], "msg": "there is no such field; allowed here: name, tags, notes, priority"}
    ]


def test_a_run_is_deleted_with_its_files_once_it_has_ended(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run = launch(client)
    folder = settings.data_dir / "runs" / run["id"] / "e1"
    folder.mkdir(parents=True)

    active = client.delete(f"/api/runs/{run['id']}")
    end(database)
    ended = client.delete(f"/api/runs/{run['id']}")

    assert (active.status_code, ended.status_code) == (409, 204)
    assert active.json()["detail"] == "Run 'digits-quick' is queued; it can be deleted once it has ended."
    assert not folder.parent.exists()
    assert client.get(f"/api/runs/{run['id']}").status_code == 404


def test_a_copy_has_the_id_of_its_original_and_is_found_by_it(client: TestClient) -> None:
    first = launch(client)

    copy = launch(client, cloned_from=first["id"], name="digits-quick 2")

    assert copy["cloned_from"] == first["id"]
    assert [run["id"] for run in client.get(f"/api/runs?cloned_from={first['id']}").json()["items"]] == [copy["id"]]
    refused = client.post("/api/runs", json={**QUICK, "cloned_from": "nobody"})
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["cloned_from"])
    assert "there is no run 'nobody' to be cloned from" in refused.json()["errors"][0]["msg"]


def test_a_foreign_page_and_a_foreign_host_are_refused(client: TestClient) -> None:
    forged = client.post("/api/runs", json=QUICK, headers={"Origin": "http://evil.example"})
    rebound = client.get("/api/runs", headers={"Host": "evil.example"})
    own = client.post("/api/runs", json=QUICK, headers={"Origin": "http://testserver"})

    assert (forged.status_code, rebound.status_code, own.status_code) == (403, 403, 201)
    assert "evil.example" in forged.json()["detail"]
    assert "frame-ancestors 'none'" in rebound.headers["content-security-policy"]


def test_an_unknown_route_is_a_problem_document(client: TestClient) -> None:
    answer = client.get("/api/nothing")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/api/docs" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("route", "allowed"),
    [
        ("", "id, status, dataset"),
        ("/metrics", "names, max_points"),
        ("/log", "after, limit"),
        ("/events", "last_event_id"),
    ],
)
def test_an_unknown_parameter_is_refused_with_those_of_the_route(
    client: TestClient, database: Database, route: str, allowed: str
) -> None:
    path = f"/api/runs/{write_runs(database, {})[0]}{route}" if route else "/api/runs"

    answer = client.get(path, params={"metric": "loss"})

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["loc"]) == (422, ["query", "metric"])
    assert f"there is no such field; allowed here: {allowed}" in error["msg"]
