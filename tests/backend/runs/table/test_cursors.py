"""Cursors: what one encodes is what it decodes to, and no other text is more than refused, on both databases."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from backend.errors import Invalid
from backend.runs.analysis_schemas import SamplesQuery
from backend.runs.sample_pages import POSITION, page_start
from backend.runs.table import cursors
from backend.runs.table.listing import NUMBER_POSITION, TEXT_POSITION, RunQuery

POSITIONS: list[TypeAdapter[Any]] = [TEXT_POSITION, NUMBER_POSITION, POSITION]
JSON_VALUES = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists)


def forged(query: object, content: bytes) -> str:
    """Returns a cursor with the right fingerprint of a query and any content."""
    start = base64.urlsafe_b64decode(cursors.encode(query, [None]) + "==")[:4]
    return base64.urlsafe_b64encode(start + content).decode().rstrip("=")


def test_a_position_comes_back_with_its_types() -> None:
    cursor = cursors.encode("query", [7, 24])

    assert cursors.decode(cursor, "query", POSITION) == (7, 24)


def test_a_cursor_of_another_query_is_refused() -> None:
    cursor = cursors.encode("query", [7, 24])

    with pytest.raises(Invalid, match="does not belong to a page of this query; leave it out for the first page"):
        cursors.decode(cursor, "another query", POSITION)


@settings(max_examples=60)
@given(text=st.text(), values=JSON_VALUES, content=st.binary())
def test_any_text_is_decoded_or_refused(text: str, values: object, content: bytes) -> None:
    for cursor in (text, forged("query", content), forged("query", json.dumps(values).encode())):
        for position in POSITIONS:
            with contextlib.suppress(Invalid):
                cursors.decode(cursor, "query", position)


BAD_CONTENTS = [
    b"[" * 2_000,
    b'{"a":' * 400,
    b"9" * 2_000,
    b"null",
    b"[]",
    b"[1]",
    b'[1,"x","y"]',
    b'[[1],"x"]',
    b'[{},"x"]',
    b'[true,"x"]',
    b'[NaN,"x"]',
    b'[1e999,"x"]',
    b'[1e300,"x"]',
    b'["\\ud800","x"]',
    b'[null,"\\ud800"]',
    b'["\\u0000","x"]',
    b'[null,"\\u0000"]',
    b"[null,7]",
    b"\xff\xfe",
]


@pytest.mark.parametrize("sort", ["-created_at", "name", "epoch"])
def test_a_forged_cursor_of_runs_is_refused(client: TestClient, sort: str) -> None:
    for content in BAD_CONTENTS:
        cursor = forged(RunQuery(sort=sort).without_page(), content)

        response = client.get("/api/runs", params={"sort": sort, "cursor": cursor})

        assert response.status_code == 422, content
        assert response.json()["errors"][0]["loc"] == ["query", "cursor"]


@pytest.mark.parametrize("content", [*BAD_CONTENTS, b"[0,24]", b"[1,-1]", b"[1.0,24]", b"[1,1e30]"])
def test_a_forged_cursor_of_samples_is_refused(content: bytes) -> None:
    query = SamplesQuery(limit=24)
    cursor = forged(query.model_copy(update={"limit": 0, "cursor": None}), content)

    with pytest.raises(Invalid, match="does not belong to a page of this query"):
        page_start(query.model_copy(update={"cursor": cursor}))


def test_a_text_that_is_no_cursor_is_refused_with_a_short_message(client: TestClient) -> None:
    for cursor in ("x" * 3_000, "x" * 5_000, "W1tb" * 1_000, "", "=", "é", "\x00", "+/+/"):
        response = client.get("/api/runs", params={"cursor": cursor})

        assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
        assert len(response.json()["detail"]) < 200
