"""When the landing page and a run's curves are drawn, for a browser that has never seen the board."""

from collections.abc import Iterator

from benchmarks.many_runs.table_page import ROW
from benchmarks.measuring.board import Board
from benchmarks.measuring.chromium import browser, load_ms
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options

VISITS, SLOW_VISITS = 15, 5
LANDING_BUDGET_MS, SLOW_RUN_BUDGET_MS = 300.0, 4_000.0
RUNS, EPOCHS = 12, 3
CURVE = '[data-testid=chart-loss]:not([data-points="0"]) .plot svg path'


def trained_run(board: Board) -> str:
    """Trains the runs that the landing page shows and returns the last one, when nothing more is done for them."""
    ids = [board.launch(spec=board.recipe("digits-quick", epochs=EPOCHS, seed=seed)) for seed in range(RUNS)]
    for run_id in ids:
        board.ended(run_id, 120)
    for run_id in ids:
        board.wait_for_bundle(run_id)
    return ids[-1]


def figures(board: Board, options: Options, run_id: str) -> Iterator[Figure]:
    address = f"http://127.0.0.1:{board.port}"
    with browser(options) as chromium:
        if chromium is None:
            return
        landing = [load_ms(chromium, f"{address}/", ROW) for _ in range(VISITS)]
        yield figure("landing page shown", landing, LANDING_BUDGET_MS)
        slow = [load_ms(chromium, f"{address}/runs/{run_id}", CURVE, slow=True) for _ in range(SLOW_VISITS)]
        yield figure("curves of a run, processor 4 times slower, 1.6 Mbit/s", slow, SLOW_RUN_BUDGET_MS)


def figure(name: str, times: list[float], budget: float) -> Figure:
    details = {"p95": round(percentile(times, 95), 1), "visits": len(times)}
    return Figure(name, percentile(times, 50), "ms", budget, details)
