"""/readyz says what is missing, in the words of what refused."""

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.api import workers

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_database_that_is_away_is_reported_with_its_own_message(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused\nIs the server running?"))

    monkeypatch.setattr(workers, "all_workers", no_answer)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "does not answer: connection refused"
    assert {"database", "workers"} <= set(response.json()["missing"])
