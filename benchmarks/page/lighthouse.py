"""Lighthouse's performance of a run's page. The package of 110 MB is fetched by npm when it is first needed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring.board import Board
from benchmarks.measuring.chromium import executable
from benchmarks.measuring.figure import Figure

LIGHTHOUSE = "lighthouse@12.8.2"  # the last one for Node 20
VISITS = 3
MOST_MISSING_POINTS = 5.0  # of 100
FLAGS = ("--quiet", "--only-categories=performance", "--output=json", "--chrome-flags=--headless=new --no-sandbox")
REPOSITORY = Path(__file__).parents[2]


def figures(board: Board, run_id: str) -> Iterator[Figure]:
    """Yields how many points the median of the visits lacks of 100: a figure's budget is its largest value."""
    chromium = executable()
    if chromium is None:
        return
    try:
        scores = sorted(score(chromium, f"http://127.0.0.1:{board.port}/runs/{run_id}") for _ in range(VISITS))
    except subprocess.CalledProcessError as error:
        print(f"Lighthouse is left out: {error.stderr[-500:]}", file=sys.stderr)
        return
    median = scores[VISITS // 2]
    yield Figure(
        "Lighthouse, run page, points below 100", 100 - median, "points", MOST_MISSING_POINTS, {"scores": scores}
    )


def score(chromium: str, address: str) -> float:
    """Returns Lighthouse's performance from 0 to 100, with its own emulation of a phone."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ("scripts/with-node", "npm", "exec", "--yes", LIGHTHOUSE, "--", address, *FLAGS)
        environment = {**os.environ, "CHROME_PATH": chromium, "CI": "1"}
        subprocess.run(
            [*command, f"--output-path={report}"],
            cwd=REPOSITORY,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return round(100 * float(json.loads(report.read_text())["categories"]["performance"]["score"]), 1)
