"""A run's downloads: the model that Keras saves, and the exports that were proved."""

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
    body = proved(board, run_id, "bundle", "bundle.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    sums = [line.split(maxsplit=1) for line in files["SHA256SUMS"].decode().splitlines()]
    wrong = [name for digest, name in sums if hashlib.sha256(files[base(name)]).hexdigest() != digest]
    assert wrong == []
    assert {"best.keras", "predict.py"} <= {base(name) for _, name in sums}
    return f"bundle.zip of {len(body):,} bytes: its sha256, and those of {len(sums)} files in it, are right"


def base(name: str) -> str:
    return name.strip().lstrip("*").rpartition("/")[2]


def page_for_browsers(board: Board, run_id: str) -> str:
    """Requests the page that predicts in a browser, which the jobs worker proves in the Chromium of its image."""
    board.post(f"/api/runs/{run_id}/exports/webapp", None)
    body = proved(board, run_id, "webapp", "webapp.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        pages = [name for name in archive.namelist() if base(name) == "index.html"]
    assert len(pages) == 1, pages
    [proof] = [line for line in board.log(run_id).splitlines() if line.startswith("webapp.zip verified")]
    return f"{len(body):,} bytes: {proof}"


def proved(board: Board, run_id: str, kind: str, name: str) -> bytes:
    wait(lambda: is_proved(board, run_id, kind), PROOF_SECONDS, name)
    return board.download(run_id, name)


def is_proved(board: Board, run_id: str, kind: str) -> bool:
    """Raises AssertionError where the proof has failed."""
    export = next(item for item in board.get(f"/api/runs/{run_id}/exports")["items"] if item["kind"] == kind)
    assert export["status"] != "failed", export["reason"]
    return bool(export["status"] == "ready")
