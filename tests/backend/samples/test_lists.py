"""`around` opens a list of images at one of them, for the page that walks through the list."""

from typing import Any

import pytest

from tests.support.runs.compared import ComparedBoard

ALL_WRONG = [1, 1, 2, 2, 0, 0]  # of classes 0 0 1 1 2 2
CONFIDENCE = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


@pytest.fixture(scope="module")
def lists(board: ComparedBoard) -> list[tuple[str, dict[str, Any]]]:
    first, second = board.run(ALL_WRONG, confidence=CONFIDENCE), board.run(ALL_WRONG, confidence=CONFIDENCE)
    compared = {"runs": f"{first},{second}", "kind": "both_wrong"}
    return [(f"/api/runs/{first}/samples", {"order": "confidence"}), ("/api/compare/samples", compared)]


@pytest.mark.parametrize(
    ("around", "offset", "indexes"),
    [(3, 2, [2, 3, 4]), (0, 0, [0, 1, 2]), (5, 3, [3, 4, 5]), (99, 0, [0, 1, 2])],
)
def test_a_page_around_an_image_has_it_in_its_middle(
    board: ComparedBoard, lists: list[tuple[str, dict[str, Any]]], around: int, offset: int, indexes: list[int]
) -> None:
    for path, query in lists:
        page = board.get(path, **query, limit=3, around=around)

        assert (page["offset"], page["total"]) == (offset, 6)
        assert [item["index"] for item in page["items"]] == indexes


def test_the_pages_after_it_go_on_from_there(board: ComparedBoard, lists: list[tuple[str, dict[str, Any]]]) -> None:
    for path, query in lists:
        page = board.get(path, **query, limit=2, around=2)
        following = board.get(path, **query, limit=2, cursor=page["next_cursor"])

        assert [item["index"] for item in page["items"] + following["items"]] == [1, 2, 3, 4]
        assert following["offset"] == 3
