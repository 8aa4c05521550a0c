"""A run's downloads: the model that Keras saves, and the bundle that was proved."""

import hashlib
import io
import zipfile

from tests.containers.board import Board, wait

PROOF_SECONDS = 300.0


def best_model(board: Board, run_id: str) -> str:
    body = board.download(run_id, "best.keras")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert {"config.json", "model.weights.h5"} <= set(archive.namelist())
    return f"best.keras of {len(body):,} bytes has the sha256 that the board lists"


def bundle(board: Board, run_id: str) -> str:
    """Waits for its proof; each file in it has the sum that SHA256SUMS names."""
    wait(lambda: has_bundle(board, run_id), PROOF_SECONDS, "the bundle")
    body = board.download(run_id, "bundle.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    sums = [line.split(maxsplit=1) for line in files["SHA256SUMS"].decode().splitlines()]
    wrong = [name for digest, name in sums if hashlib.sha256(files[base(name)]).hexdigest() != digest]
    assert wrong == []
    assert {"best.keras", "predict.py"} <= {base(name) for _, name in sums}
    return f"bundle.zip of {len(body):,} bytes: its sha256, and those of {len(sums)} files in it, are right"


def base(name: str) -> str:
    return name.strip().lstrip("*").rpartition("/")[2]


def has_bundle(board: Board, run_id: str) -> bool:
    """Raises AssertionError where the bundle has failed."""
    items = board.get(f"/api/runs/{run_id}/exports")["items"]
    failed = [item for item in items if (item["kind"], item["status"]) == ("bundle", "failed")]
    assert failed == [], failed[0]["reason"]
    return "bundle.zip" in board.artifacts(run_id)
