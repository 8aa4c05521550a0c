"""Files of runs over HTTP, while trainers replace them."""

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from backend.api import artifacts
from backend.artifacts.downloads import find_download
from backend.db.engine import Database
from backend.db.models import Artifact, Run
from backend.settings import Settings
from tests.support.run_life import claim_writer, launch, saved_epoch


@pytest.fixture
def run_id(client: TestClient, database: Database, settings: Settings) -> str:
    """A run with the best model of one epoch."""
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
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


def test_a_file_that_is_lost_from_the_disk_is_an_error(client: TestClient, run_id: str, settings: Settings) -> None:
    (best,) = (settings.data_dir / "runs" / run_id).glob("e*/best-1.keras")
    best.unlink()

    assert client.get(f"/api/runs/{run_id}/artifacts/best.keras").status_code == 500
