"""`q` finds a run by a part of its name, its notes or a tag, in any script and case, on both databases."""

import unicodedata

import pytest
from starlette.testclient import TestClient

from tests.support.runs.run_life import launch


def names(client: TestClient, q: str) -> list[str]:
    return [run["name"] for run in client.get("/api/runs", params={"q": q}).json()["items"]]


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("München", "münch"),
        ("München", "MÜNCHEN"),
        ("Éclair", "éclair"),
        ("ÉCLAIR", unicodedata.normalize("NFD", "éclair")),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Обучение", "ОБУЧ"),
        ("100 % of it", "0 %"),
        ("a_b", "A_B"),
    ],
)
def test_case_and_spelling_of_a_letter_do_not_matter(client: TestClient, name: str, q: str) -> None:
    launch(client, recipe="digits-quick", name=name)
    launch(client, recipe="digits-quick", name="another, axb 1000")

    assert names(client, q) == [name]


def test_notes_and_tags_are_searched_as_they_are_now(client: TestClient) -> None:
    run_id = launch(client, recipe="digits-quick", name="a", tags=["Größe", "lr"], notes="First\nÜbung")
    assert (names(client, "größe"), names(client, "ÜBUNG")) == (["a"], ["a"])

    client.patch(f"/api/runs/{run_id}", json={"tags": ["lr"], "notes": "", "name": "ä"})

    assert (names(client, "größe"), names(client, "übung"), names(client, "Ä")) == ([], [], ["ä"])


def test_a_tag_is_found_as_a_whole_and_in_its_own_case(client: TestClient) -> None:
    launch(client, recipe="digits-quick", name="a", tags=["Größe", "lr_1"])
    launch(client, recipe="digits-quick", name="b", tags=["größe", "lrx1", "Größen"])

    def names_by(tag: str) -> list[str]:
        return [run["name"] for run in client.get("/api/runs", params={"tag": tag}).json()["items"]]

    assert (names_by("Größe"), names_by("größe"), names_by("GRÖSSE")) == (["a"], ["b"], [])
    assert (names_by("lr_1"), names_by("LR_1"), names_by("lr")) == (["a"], [], [])
