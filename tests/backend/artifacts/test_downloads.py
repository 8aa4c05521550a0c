"""Files of runs over HTTP, while trainers replace them."""

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from backend.api import artifacts
from backend.artifacts.downloads import find_download
from backend.db.engine import Database
from backend.db.models import Artifact, Run
from backend.settings import Settings
from tests.support.runs.run_life import run_in_training


@pytest.fixture
def run_id(client: TestClient, database: Database, settings: Settings) -> str:
    """A run with the best model of one epoch."""
    run_id, _ = run_in_training(client, database, settings)
    return run_id


def test_a_file_that_is_replaced_before_it_is_opened_is_sent_as_the_newer_one(
    client: TestClient, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = client.get(f"/api/runs/{run_id}/artifacts/best.keras")
    rows = iter([Artifact(name="best.keras", path=f"runs/{run_id}/e1/deleted.keras", sha256="0" * 64)])

    def find_replaced(session: Session, run: Run, name: str) -> tuple[Artifact, bytes | None]:
        row = next(rows, None)
        return (row, None) if row else find_download(session, run, name)

    monkeypatch.setattr(artifacts, "find_download", find_replaced)
    response = client.get(f"/api/runs/{run_id}/artifacts/best.keras")

    assert response.status_code == 200
    assert response.content == expected.content
    assert response.headers["etag"] == expected.headers["etag"]


def test_a_part_of_a_file_can_be_downloaded(client: TestClient, run_id: str) -> None:
    part = client.get(f"/api/runs/{run_id}/artifacts/best.keras", headers={"Range": "bytes=0-3"})

    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"best", "bytes 0-3/12")


@pytest.mark.parametrize(
    ("part", "status", "content_range"),
    [("bytes=12-", 416, "bytes */12"), ("bytes=x", 400, None), ("x=0-1", 400, None)],
)
def test_a_range_outside_of_a_file_is_a_problem_document(
    client: TestClient, run_id: str, part: str, status: int, content_range: str | None
) -> None:
    response = client.get(f"/api/runs/{run_id}/artifacts/best.keras", headers={"Range": part})

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert "must be like bytes=0-999" in response.json()["detail"]
    assert response.headers.get("content-range") == content_range


def test_a_file_that_is_lost_from_the_disk_is_an_error(client: TestClient, run_id: str, settings: Settings) -> None:
    (best,) = (settings.data_dir / "runs" / run_id).glob("e*/best-1.keras")
    best.unlink()

    assert client.get(f"/api/runs/{run_id}/artifacts/best.keras").status_code == 500
