"""`GET /api/compare/samples`: the images that one run fixed or broke, and those that both get wrong or right."""

from typing import Any

import pytest

from backend.db.models import Run
from tests.support.runs.compared import ComparedBoard

# Six images of classes 0 0 1 1 2 2.
FIRST, SECOND = [0, 0, 1, 2, 0, 0], [0, 1, 1, 1, 2, 1]
CONFIDENCE = [0.5, 0.6, 0.7, 0.8, 0.9, 0.4]


@pytest.fixture(scope="module")
def runs(board: ComparedBoard) -> str:
    return f"{board.run(FIRST)},{board.run(SECOND, confidence=CONFIDENCE)}"


@pytest.mark.parametrize(
    ("kind", "indexes"), [("fixed", [4, 3]), ("broken", [1]), ("both_wrong", [5]), ("both_right", [2, 0])]
)
def test_each_kind_lists_its_images_the_most_confident_first(
    board: ComparedBoard, runs: str, kind: str, indexes: list[int]
) -> None:
    page = board.get("/api/compare/samples", runs=runs, kind=kind)

    assert ([item["index"] for item in page["items"]], page["total"]) == (indexes, len(indexes))


def test_an_image_has_both_predictions(board: ComparedBoard, runs: str) -> None:
    [item] = board.get("/api/compare/samples", runs=runs, kind="broken")["items"]

    assert item == {
        "index": 1,
        "true": "ankle boot",
        "first": {"predicted": "ankle boot", "confidence": 0.75},
        "second": {"predicted": "bag", "confidence": 0.6},
        "image": "/api/datasets/digits/images/test/1.png",
    }
    assert board.client.get(item["image"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "indexes"),
    [({"true": "coat"}, [4]), ({"predicted": "ankle boot"}, [4]), ({"true": "bag", "predicted": "coat"}, [3])],
)
def test_a_cell_of_the_matrix_opens_its_images(
    board: ComparedBoard, runs: str, query: dict[str, str], indexes: list[int]
) -> None:
    page = board.get("/api/compare/samples", runs=runs, kind="fixed", **query)

    assert [item["index"] for item in page["items"]] == indexes


@pytest.mark.parametrize("order", ["random", "confidence"])
def test_paging_through_gives_each_image_once_and_stays_with_the_epochs(board: ComparedBoard, order: str) -> None:
    first, second = board.run([1] * 6), board.run([1] * 6, [{"val_accuracy": 0.3}, {"val_accuracy": 0.3}])
    query: dict[str, Any] = {"runs": f"{first},{second}", "kind": "both_wrong", "order": order, "limit": 3}
    page = board.get("/api/compare/samples", **query)
    with board.database.write() as session:
        run = session.get_one(Run, second)
        run.best = {**(run.best or {}), "epoch": 1}

    rest = board.get("/api/compare/samples", **query, cursor=page["next_cursor"])

    assert (rest["epochs"], rest["next_cursor"], rest["total"]) == ([1, 2], None, 4)
    assert {item["index"] for item in page["items"] + rest["items"]} == {0, 1, 4, 5}


def test_runs_of_other_images_are_409(board: ComparedBoard, runs: str) -> None:
    limited = board.run([0, 0], dataset={"name": "digits", "test_limit": 2})

    problem = board.refused("/api/compare/samples", 409, runs=f"{runs.partition(',')[0]},{limited}")

    assert problem["detail"] == (
        "Runs 'digits strided_cnn' and 'digits strided_cnn' were scored on 6 and on 2 images, "
        "so their predictions can't be compared image by image."
    )


def test_a_run_that_is_deleted_while_its_images_are_open_is_404(board: ComparedBoard) -> None:
    first, second = board.run([1] * 6), board.run([0] * 6)
    page = board.get("/api/compare/samples", runs=f"{first},{second}", limit=1)
    board.client.delete(f"/api/runs/{first}")

    problem = board.refused("/api/compare/samples", 404, runs=f"{first},{second}", cursor=page["next_cursor"])

    assert problem["detail"] == f'There is no run "{first}"; it may have been deleted.'


@pytest.mark.parametrize(
    ("query", "field"),
    [({"kind": "better"}, "kind"), ({"true": "boot"}, "true"), ({"cursor": "x"}, "cursor"), ({"runs": "a"}, "runs")],
)
def test_a_bad_query_names_its_field(board: ComparedBoard, runs: str, query: dict[str, str], field: str) -> None:
    problem = board.refused("/api/compare/samples", 422, **{"runs": runs, **query})

    assert problem["errors"][0]["loc"] == ["query", field]
    assert field != "runs" or problem["detail"] == "Name 2 runs by their ids, separated by commas; you gave 1."


def test_a_comparison_has_the_first_images_of_each_kind(board: ComparedBoard, runs: str) -> None:
    pair = board.get("/api/compare", runs=runs, samples=["fixed", "both_right"], limit=1)["pair"]

    fixed = board.get("/api/compare/samples", runs=runs, kind="fixed", limit=1, inline="true")
    assert fixed["items"][0]["image"].startswith("data:image/png;base64,")
    assert pair["samples"]["fixed"] == fixed
    assert list(pair["samples"]) == ["fixed", "both_right"]
    rest = board.get("/api/compare/samples", runs=runs, kind="fixed", limit=1, cursor=fixed["next_cursor"])
    assert [item["index"] for item in rest["items"]] == [3]


def test_a_comparison_has_the_images_of_a_cell(board: ComparedBoard, runs: str) -> None:
    pair = board.get("/api/compare", runs=runs, samples="fixed", true="bag", predicted="coat")["pair"]

    assert [item["index"] for item in pair["samples"]["fixed"]["items"]] == [3]
    assert board.refused("/api/compare", 422, runs=runs, samples="fixed", true="sock")["errors"][0]["loc"] == [
        "query",
        "true",
    ]


def test_a_comparison_has_the_matrix_of_the_first_run(board: ComparedBoard, runs: str) -> None:
    pair = board.get("/api/compare", runs=runs)["pair"]

    first, second = (board.get(f"/api/runs/{run}/confusion-matrix")["matrix"] for run in runs.split(","))
    assert pair["first_matrix"] == first
    assert [[b - a for a, b in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)] == pair["matrix"]
    assert pair["samples"] == {}
