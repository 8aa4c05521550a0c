"""Requests that write, or call the helper, are limited: some wait without a thread, the rest are refused."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from backend.api.http import limits
from backend.api.http.limits import HELPER, WRITES, HelperSlot, Limit, WriteSlot
from backend.application import API
from backend.errors import Unavailable

CHANGING = {"POST", "PATCH", "PUT", "DELETE"}
WITH_SLOTS_INSIDE = {
    "upload_dataset",
    "keep_upload",
    "prepare_dataset",
    "predict",
    "read_model",
}  # they take the slot after the body has arrived
READ_ONLY = {"check_spec", "check_study"}


def test_requests_beyond_those_that_run_wait_and_those_beyond_the_waiting_are_refused() -> None:
    limit = Limit(running=1, waiting=1, wait_seconds=5, sentence="Busy.")
    order: list[str] = []

    async def request(name: str, seconds: float) -> None:
        async with limit.slot():
            order.append(name)
            await asyncio.sleep(seconds)

    async def requests() -> tuple[Any, ...]:
        first = asyncio.create_task(request("first", 0.05))
        await asyncio.sleep(0)
        return await asyncio.gather(first, request("second", 0), request("third", 0), return_exceptions=True)

    outcomes = asyncio.run(requests())

    assert order == ["first", "second"]
    assert isinstance(outcomes[2], Unavailable)
    assert outcomes[2].detail == "Busy. Nothing was changed; try again in a few seconds."


def test_a_request_that_waits_too_long_is_refused_and_leaves_its_place() -> None:
    limit = Limit(running=1, waiting=1, wait_seconds=0.02, sentence="Busy.")

    async def requests() -> None:
        async with limit.slot():
            for _ in range(2):
                with pytest.raises(Unavailable):
                    await limit.slot().__aenter__()

    asyncio.run(requests())


def test_a_refused_write_says_when_to_try_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRITES", replace(WRITES, waiting=0))

    response = client.post("/api/runs", json={"recipe": "digits-quick"})

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "many requests wait to change it" in response.json()["detail"]
    assert client.get("/api/runs").json()["total"] == 0


def test_each_route_that_changes_something_or_calls_the_helper_has_a_limit() -> None:
    routes = [route for route in API if isinstance(route, APIRoute) and CHANGING & (route.methods or set())]
    slots = {WriteSlot.dependency, HelperSlot.dependency}

    unlimited = {route.name for route in routes if not _calls(route.dependant) & slots}

    assert {"create_run", "preview_spec"} <= {route.name for route in routes}
    assert unlimited == WITH_SLOTS_INSIDE | READ_ONLY
    assert HELPER.running + WRITES.running < 40 // 2, "most of the 40 threads are left for reads"


def _calls(dependant: Dependant) -> set[Any]:
    return {dependency.call for dependency in dependant.dependencies}
