"""Saved views over HTTP, on both databases."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.runs.table import views

BEST = {"name": "Best", "query": "sort=-best.val_accuracy&where=optimizer.learning_rate>=0.01"}


def test_a_view_is_saved_changed_and_deleted(client: TestClient) -> None:
    created = client.post("/api/views", json=BEST)
    view = created.json()
    assert (created.status_code, view["name"], view["query"]) == (201, "Best", BEST["query"])
    assert view["created_at"].endswith("Z")
    assert client.get("/api/views").json() == {"items": [view]}

    changed = client.patch(f"/api/views/{view['id']}", json={"name": "Better"}).json()
    assert changed == {**view, "name": "Better"}

    assert client.delete(f"/api/views/{view['id']}").status_code == 204
    assert client.get("/api/views").json() == {"items": []}
    gone = client.delete(f"/api/views/{view['id']}")
    assert (gone.status_code, gone.json()["detail"]) == (
        404,
        f"There is no saved view '{view['id']}'; it may have been deleted.",
    )


def test_two_views_have_different_names(client: TestClient) -> None:
    client.post("/api/views", json=BEST)
    other = client.post("/api/views", json={**BEST, "name": "Other"}).json()

    for answer in (client.post("/api/views", json=BEST), client.patch(f"/api/views/{other['id']}", json=BEST)):
        assert (answer.status_code, "a saved view with the name 'Best'" in answer.json()["detail"]) == (409, True)
    assert client.patch(f"/api/views/{other['id']}", json={"query": "q=x"}).json()["query"] == "q=x"


def test_a_view_with_a_field_that_no_longer_exists_is_kept_and_the_list_names_the_field(client: TestClient) -> None:
    query = "where=optimizer.lookahead=true"
    client.post("/api/views", json={"name": "Old", "query": query})

    assert client.get("/api/views").json()["items"][0]["query"] == query
    answer = client.get(f"/api/runs?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", "where", 0])
    assert 'There is no field "optimizer.lookahead"' in answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "x" * 81}, {"query": "x" * 8_001}, {"name": "a\nb"}, {"colour": "red"}]
)
def test_a_bad_view_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/api/views", json={**BEST, **body})

    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, list(body))


def test_a_board_has_a_limited_number_of_views(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_VIEWS", 1)
    client.post("/api/views", json=BEST)

    answer = client.post("/api/views", json={**BEST, "name": "Other"})

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "There are 1 saved views, as many as a board may have; delete one first.",
    )
