"""Names, tags and notes hold only characters that are shown as what they are, and each text has a limit."""

from typing import Any

from starlette.testclient import TestClient

SPEC: dict[str, Any] = {"dataset": {"name": "digits"}, "model": {"preset": "strided_cnn"}}
BAD = {
    "a\nb": "a line break",
    "a\rb": "a line break",
    "a\u2028b": "a line break",
    "a\tb": "a control character (U+0009)",
    "a\x1b[31m": "a control character (U+001B)",
    "a\x7f": "a control character (U+007F)",
    "gpj.\u202ea": "a character that changes the direction of text (U+202E)",
    "a\u2066b": "a character that changes the direction of text (U+2066)",
}


def error(client: TestClient, body: dict[str, Any]) -> tuple[list[Any], str]:
    answer = client.post("/api/runs", json=body)
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["loc"], answer.json()["errors"][0]["msg"]


def test_a_name_a_tag_or_an_id_with_a_bad_character_is_refused_with_its_name(client: TestClient) -> None:
    for text, name in BAD.items():
        message = f"can't hold {name}; leave it out"
        assert error(client, {"recipe": "digits-quick", "name": text}) == (["name"], message)
        assert error(client, {"recipe": "digits-quick", "tags": ["x", text]}) == (["tags", 1], message)
        assert error(client, {"recipe": text}) == (["recipe"], message)
        assert error(client, {"spec": {**SPEC, "dataset": {"name": text}}}) == (["spec", "dataset", "name"], message)
        assert client.post("/api/datasets", params={"name": text}, content=b"zip").status_code == 422
    assert client.get("/api/runs").json()["total"] == 0


def test_notes_may_have_lines_and_tabs_and_a_change_is_checked_as_well(client: TestClient) -> None:
    run = client.post("/api/runs", json={"recipe": "digits-quick", "notes": "one\r\n\ttwo\n"}).json()
    assert run["notes"] == "one\n\ttwo\n"

    address = f"/api/runs/{run['id']}"
    assert client.patch(address, json={"notes": "a\x1b[31m"}).status_code == 422
    assert client.patch(address, json={"notes": "a\u202eb"}).status_code == 422
    assert client.patch(address, json={"name": "a\nb"}).status_code == 422
    assert client.patch(address, json={"tags": ["\u2067"]}).status_code == 422


def test_letters_of_all_scripts_and_joined_emoji_are_kept(client: TestClient) -> None:
    names = ["München", "محاولة", "\u200fאב", "試し", "👩\u200d🔬", "a\u00a0b"]

    answers = [client.post("/api/runs", json={"recipe": "digits-quick", "name": name, "tags": names}) for name in names]

    assert [answer.json()["name"] for answer in answers] == names


def test_each_text_has_a_limit_that_its_refusal_names(client: TestClient) -> None:
    def check(limit: int, loc: list[Any], **body: Any) -> None:
        answered_loc, message = error(client, body)
        assert answered_loc == loc
        assert message.startswith(f"may have at most {limit} characters; you gave "), message

    check(120, ["name"], recipe="digits-quick", name="x" * 121)
    check(64, ["tags", 0], recipe="digits-quick", tags=["x" * 900_000])
    check(10_000, ["notes"], recipe="digits-quick", notes="x" * 10_001)
    check(100, ["recipe"], recipe="x" * 101)
    check(100, ["cloned_from"], recipe="digits-quick", cloned_from="x" * 101)
    check(72, ["spec", "dataset", "name"], spec={**SPEC, "dataset": {"name": "x" * 73}})  # 64, and a version
    check(100, ["spec", "init", "run"], spec={**SPEC, "init": {"run": "x" * 101}})
    assert client.post("/api/datasets", params={"name": "x" * 65}, content=b"zip").status_code == 422


def test_texts_within_a_pasted_model_have_limits(client: TestClient) -> None:
    def message(model: Any) -> str:
        return error(client, {"spec": {**SPEC, "model": model}})[1]

    assert message({"keras": {"name": "x" * 350_000}}) == (
        "holds a text of 350,000 characters; at most 1,000 are allowed"
    )
    assert "a line break" in message({"keras": {"a\nb": 1}})
    assert "U+202E" in message({"layers": [{"class_name": "Dense", "config": {"name": "\u202e"}}]})


def test_filters_have_a_limit(client: TestClient) -> None:
    filters = ["q", "tag", "dataset", "model", "study", "owner", "cloned_from", "sort"]

    statuses = {name: client.get("/api/runs", params={name: "x" * 201}).status_code for name in filters}

    assert statuses == dict.fromkeys(filters, 422)
