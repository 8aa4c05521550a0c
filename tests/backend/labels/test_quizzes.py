"""Quizzes: people name the images that a run finds hard."""

from typing import Any

import pytest

from backend.labels import quizzes
from tests.support.runs.compared import ComparedBoard
from tests.support.runs.judged import judging_run

LABELS = [0, 1, 2] * 10


def quiz_of(board: ComparedBoard, name: str, classes: tuple[str, ...] = ("boot", "bag", "coat")) -> dict[str, Any]:
    """Returns a quiz of a run on a new dataset that mistakes the first image for a bag and is unsure of some others."""
    board.dataset(name, LABELS, classes)
    unsure = dict.fromkeys(range(10, 30), 0.4)
    run_id = judging_run(board, [1, *LABELS[1:]], unsure, dataset={"name": name}, name=f"run on {name}")
    response = board.client.post(f"/api/runs/{run_id}/quizzes", json={})
    assert response.status_code == 201, response.text
    quiz: dict[str, Any] = response.json()
    return quiz


def answer(board: ComparedBoard, quiz: dict[str, Any], answers: list[str | None], player: str = "Ada") -> Any:
    return board.client.post(f"/api/quizzes/{quiz['id']}/answers", json={"player": player, "answers": answers})


def positions(quiz: dict[str, Any]) -> list[int]:
    return [int(image.rpartition("/")[2].removesuffix(".png")) for image in quiz["images"]]


def labels(quiz: dict[str, Any]) -> list[str | None]:
    return [quiz["classes"][LABELS[position]] for position in positions(quiz)]


def test_a_player_learns_both_scores_and_the_labels_only_after_answering(board: ComparedBoard) -> None:
    quiz = quiz_of(board, "boots")
    read = board.get(f"/api/quizzes/{quiz['id']}")

    result = answer(board, quiz, [*labels(quiz)[:-1], None]).json()

    assert len(read["images"]) == 20
    assert "label" not in str(read)
    assert (result["right"], result["model_right"]) == (19, 20 - (0 in positions(quiz)))
    assert [image["label"] for image in result["images"]] == labels(quiz)
    assert result["images"][-1]["answer"] is None
    assert [(player["player"], player["right"]) for player in result["quiz"]["players"]] == [("Ada", 19)]
    assert board.get(f"/api/runs/{quiz['run']}/quizzes")["items"][0]["answered"] == 1


def test_what_most_people_doubt_is_a_suspect(board: ComparedBoard) -> None:
    quiz = quiz_of(board, "bags")
    doubted = positions(quiz)[4]
    named = labels(quiz)
    named[4] = "coat" if named[4] != "coat" else "boot"

    answer(board, quiz, named, "Ada")
    once = board.get("/api/datasets/bags/suspects", limit=200)["items"]
    answer(board, quiz, named, "Bob")
    twice = board.get("/api/datasets/bags/suspects", limit=200)["items"]

    assert doubted not in [item["index"] for item in once]
    suspect = next(item for item in twice if item["index"] == doubted)
    assert suspect["people"] == {"answers": 2, "agree": 0, "class": named[4]}
    assert (suspect["suggested"], suspect["score"]) == (named[4], 0.0)


def test_each_nickname_answers_once_and_a_quiz_takes_a_class_of_players(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quizzes, "MAX_PLAYERS", 2)
    quiz = quiz_of(board, "coats")

    statuses = [answer(board, quiz, labels(quiz), name).status_code for name in ("Ada", "ada", "<b>Bob</b>", "Cem")]

    assert statuses == [201, 409, 201, 409]


def test_answers_that_do_not_fit_are_refused(board: ComparedBoard) -> None:
    quiz = quiz_of(board, "hats", ("=SUM(A1)", '<i>"bag"</i>', "حذاء" + "x" * 196))

    assert answer(board, quiz, labels(quiz)[:3]).json()["detail"] == "The quiz has 20 images; you gave 3 answers."
    assert answer(board, quiz, ["shoe", *labels(quiz)[1:]]).json()["errors"][0]["loc"] == ["answers", 0]
    assert answer(board, quiz, labels(quiz), "x" * 41).status_code == 422
    assert answer(board, quiz, labels(quiz)).json()["right"] == 20
    assert board.client.get("/api/quizzes/no-such-quiz").status_code == 404


def test_a_quiz_ends_with_its_dataset_also_if_another_one_has_its_name(board: ComparedBoard) -> None:
    """The same positions are other images there: answers would doubt the labels of those."""
    quiz = quiz_of(board, "gloves")
    assert board.client.delete("/api/datasets/gloves").status_code == 204
    board.dataset("gloves", LABELS[::-1])

    refused = board.refused(f"/api/quizzes/{quiz['id']}", 404)

    assert "were deleted with dataset 'gloves'" in refused["detail"]
    assert answer(board, quiz, labels(quiz)).status_code == 404


def test_a_run_without_predictions_has_no_quiz(board: ComparedBoard) -> None:
    board.dataset("caps", LABELS)
    response = board.client.post("/api/runs", json={"spec": {"dataset": {"name": "caps"}, "model": {"preset": "vgg"}}})

    assert board.client.post(f"/api/runs/{response.json()['id']}/quizzes", json={}).status_code == 404
