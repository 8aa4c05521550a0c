"""Decisions about labels, made by two people at once."""

from typing import Any

from starlette.testclient import TestClient

from tests.support.runs.compared import ComparedBoard
from tests.support.runs.judged import judging_run

LABELS = [0, 0, 1, 1, 2, 2]


def decide(client: TestClient, name: str, *decisions: dict[str, Any], by: str = "Ada", status: int = 200) -> Any:
    body = {"decisions": [{"split": "test", **decision} for decision in decisions], "by": by}
    response = client.put(f"/api/datasets/{name}/label-decisions", json=body)
    assert response.status_code == status, response.text
    return response.json()


def decided(board: ComparedBoard, name: str) -> list[tuple[int, str, str | None]]:
    items = board.get(f"/api/datasets/{name}/label-decisions")["items"]
    return [(item["index"], item["do"], item["class"]) for item in items]


def test_a_decision_is_kept_and_shown_beside_the_suspect(board: ComparedBoard) -> None:
    board.dataset("kept", LABELS)
    judging_run(board, [1, 0, 1, 1, 2, 2], dataset={"name": "kept"})

    saved = decide(board.client, "kept", {"index": 0, "do": "relabel", "class": "bag"})["items"][0]

    suspect = board.get("/api/datasets/kept/suspects")["items"][0]
    assert suspect["decision"] == saved
    assert (saved["do"], saved["class"], saved["by"]) == ("relabel", "bag", "Ada")


def test_who_decides_second_sees_the_first_decision_and_nothing_is_overwritten(board: ComparedBoard) -> None:
    board.dataset("shared", LABELS)
    decide(board.client, "shared", {"index": 0, "do": "relabel", "class": "bag"}, by="Ada")

    refused = decide(
        board.client, "shared", {"index": 1, "do": "keep"}, {"index": 0, "do": "keep"}, by="Bob", status=409
    )

    assert refused["detail"] == (
        '"Ada" decided about test image 0 before you: relabelled it as "bag". Nothing was stored; look at it again.'
    )
    assert refused["errors"][0]["loc"] == ["decisions", 1, "revision"]
    assert decided(board, "shared") == [(0, "relabel", "bag")]


def test_a_decision_that_was_seen_is_replaced_or_taken_back(board: ComparedBoard) -> None:
    board.dataset("undone", LABELS)
    first = decide(board.client, "undone", {"index": 3, "do": "keep"})["items"][0]["revision"]
    second = decide(board.client, "undone", {"index": 3, "do": "leave_out", "revision": first})["items"][0]["revision"]

    assert decided(board, "undone") == [(3, "leave_out", None)]
    decide(board.client, "undone", {"index": 3, "do": "undecided", "revision": first}, status=409)
    decide(board.client, "undone", {"index": 3, "do": "undecided", "revision": second})
    assert decided(board, "undone") == []
    taken_back = decide(board.client, "undone", {"index": 3, "do": "keep", "revision": second}, status=409)
    assert taken_back["detail"].startswith("The decision about test image 3 was taken back since.")


def test_what_is_no_decision_is_refused_with_its_place(board: ComparedBoard) -> None:
    board.dataset("refused", LABELS)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"index": 6, "do": "keep"}, "test has the images 0 to 5; you gave 6"),
        ({"split": "validation", "index": 0, "do": "keep"}, "refused has no validation images, only train, test"),
        ({"index": 0, "do": "relabel"}, "give a class with relabel, and with nothing else"),
        ({"index": 0, "do": "keep", "class": "bag"}, "give a class with relabel, and with nothing else"),
        (
            {"index": 0, "do": "relabel", "class": "shoe"},
            'there is no class "shoe"; the classes are ankle boot, bag, coat',
        ),
    ]
    for decision, message in cases:
        assert decide(board.client, "refused", decision, status=422)["errors"][0]["msg"] == message
    decide(board.client, "refused", {"index": 0, "do": "keep"}, {"index": 0, "do": "keep"}, status=422)
    decide(board.client, "no-such-dataset", {"index": 0, "do": "keep"}, status=404)
    missing = decide(board.client, "digits", {"index": 0, "do": "keep"}, status=404)
    assert missing["detail"].endswith("is missing, so it has no images to decide about; prepare or upload it first.")
