"""What Keras computes for an image over HTTP: the helper's request, its answer, and what is refused before it.

The helper itself is tested in `tests/worker/helper/test_explanations.py`.
"""

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fastapi.routing import APIRoute
from PIL import Image

from backend.api.analysis import samples
from backend.api.http.limits import HelperSlot
from backend.db.models import Artifact, Run
from backend.messaging.rpc import HelperClient
from tests.support.runs.compared import CLASSES, ComparedBoard
from worker.helper.models import data_url

Handler = Callable[[dict[str, Any]], dict[str, Any]]
TILE = data_url(np.full((3, 3), 200, np.uint8))
PREPROCESSING = {"classes": CLASSES, "image_shape": [8, 8, 1], "fit": "stretch", "scaling": "unit"}
ATTENTION = {"label": 1, "layer": "conv", "height": 4, "width": 4, "half_area": 0.2, "agreement": None, "image": TILE}
FEATURES = {
    "layers": [{"name": "conv", "type": "Conv2D", "height": 4, "width": 4, "channels": 2}],
    "layer": "conv",
    "maps": [{"channel": channel, "strongest": 1.5, "image": TILE} for channel in range(5)],
    "filters": [],
}
WHAT_IF = {"top": [[2, 0.75], [0, 0.25]], "image": TILE}
ANSWERS: dict[str, dict[str, Any]] = {"attention": ATTENTION, "features": FEATURES, "what_if": WHAT_IF}


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    run_id = board.run([0, 1, 1, 1, 2, 2])
    with board.database.write() as session:
        session.get_one(Run, run_id).preprocessing = PREPROCESSING
    return run_id


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The requests that the helper got; it answers each with the answer to its kind."""
    received: list[dict[str, Any]] = []

    def call(_self: HelperClient, request: dict[str, Any]) -> dict[str, Any]:
        received.append(request)
        return ANSWERS[request["kind"]]

    monkeypatch.setattr(HelperClient, "call", call)
    return received


def test_the_helper_gets_the_model_and_where_the_image_is_stored(
    board: ComparedBoard, run: str, requests: list[dict[str, Any]]
) -> None:
    answer = board.get(f"/api/runs/{run}/samples/3/attention", **{"class": "coat", "method": "occlusion"})

    assert (answer["class"], answer["method"], answer["epoch"], answer["layer"]) == ("bag", "occlusion", 1, "conv")
    (request,) = requests
    assert (request["split"], request["index"], request["label"], request["method"]) == ("test", 3, 2, "occlusion")
    assert (board.data_dir / request["folder"] / "test-images.npy").is_file()
    assert request["model"]["path"] == "b"


def test_maps_are_sent_as_png(board: ComparedBoard, run: str, requests: list[dict[str, Any]]) -> None:
    attention = board.client.get(f"/api/runs/{run}/samples/3/attention.png")
    maps = board.client.get(f"/api/runs/{run}/samples/3/features.png")

    assert attention.content == base64.b64decode(TILE.partition(",")[2])
    assert Image.open(io.BytesIO(maps.content)).size == (3 * 24 + 2, 2 * 24 + 1), "five tiles in rows of three"
    refused = board.refused(f"/api/runs/{run}/samples/3/filters.png", 409)
    assert "read more than three channels" in refused["detail"]
    assert len(requests) == 3


def test_a_changed_image_is_predicted(board: ComparedBoard, run: str, requests: list[dict[str, Any]]) -> None:
    response = board.client.post(f"/api/runs/{run}/samples/3/what-if", json={"rotate": 12.5})

    assert response.json()["top"] == [
        {"class": "coat", "probability": 0.75},
        {"class": "ankle boot", "probability": 0.25},
    ]
    assert requests[0]["changes"] == {"rotate": 12.5, "crop": 0, "brightness": 0, "blur": 0, "noise": 0}


@pytest.mark.parametrize(
    "body", [{"rotate": 200}, {"crop": 1}, {"noise": -0.1}, {"blur": "wide"}, {"shear": 3}, {"brightness": None}]
)
def test_a_change_out_of_range_is_refused(
    board: ComparedBoard, run: str, requests: list[dict[str, Any]], body: dict[str, Any]
) -> None:
    assert board.client.post(f"/api/runs/{run}/samples/3/what-if", json=body).status_code == 422
    assert requests == []


def test_what_can_not_be_explained_is_refused_without_a_request_to_the_helper(
    board: ComparedBoard, run: str, requests: list[dict[str, Any]]
) -> None:
    path = f"/api/runs/{run}/samples"

    board.refused(f"{path}/99/attention", 404)
    assert "no class 'sandal'" in board.refused(f"{path}/3/attention", 422, **{"class": "sandal"})["detail"]
    board.refused(f"{path}/3/attention", 422, method="guess")
    board.refused(f"{path}/3/attention", 404, split="test")
    assert requests == []


def test_a_run_without_a_model_says_so(board: ComparedBoard, requests: list[dict[str, Any]]) -> None:
    run = board.run([0, 1, 1, 1, 2, 2])
    with board.database.write() as session:
        session.delete(session.get_one(Artifact, (run, "best.keras")))

    refused = board.refused(f"/api/runs/{run}/samples/3/attention", 409)

    assert "without a best model" in refused["detail"]
    assert requests == []


def test_a_network_without_a_convolution_is_refused_in_a_sentence(
    board: ComparedBoard, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HelperClient, "call", lambda _self, _request: {"refused": "This network has no convolution."})

    assert board.refused(f"/api/runs/{run}/samples/3/attention", 409)["detail"] == "This network has no convolution."


def test_a_model_file_that_the_worker_does_not_find_is_reported(
    board: ComparedBoard, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HelperClient, "call", lambda _self, _request: {"model_replaced": True})

    assert (
        "can't find the file of this run's best model"
        in board.refused(f"/api/runs/{run}/samples/3/features", 503)["detail"]
    )


def test_each_question_to_the_helper_waits_for_a_slot() -> None:
    routes = {
        route.name: route.dependant.dependencies for route in samples.router.routes if isinstance(route, APIRoute)
    }

    limited = {name for name, uses in routes.items() if HelperSlot.dependency in {use.call for use in uses}}

    assert {*routes} - limited == {"read_sample"}
