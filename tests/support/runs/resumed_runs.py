"""A run of the digits that is resumed over HTTP, and its log."""

from typing import Any

from starlette.testclient import TestClient

DIGITS: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "model": {"preset": "strided_cnn", "options": {"filters": [16, 32]}},
    "epochs": 3,
}


def resume(client: TestClient, run_id: str, status: int = 202, **body: Any) -> Any:
    answer = client.post(f"/api/runs/{run_id}/resume", json=body) if body else client.post(f"/api/runs/{run_id}/resume")
    assert answer.status_code == status, answer.text
    return answer.json()


def log_of(client: TestClient, run_id: str) -> str:
    return "\n".join(line["text"] for line in client.get(f"/api/runs/{run_id}/log").json()["items"])
