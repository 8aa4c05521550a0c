"""Many pages are open at once: a stream holds no database connection, so that other requests are still served."""

import http.client
import time

import pytest

from tests.support.service.program import Program, slow_spec

pytestmark = pytest.mark.slow

VIEWERS = 40


def test_the_board_answers_quickly_while_forty_viewers_watch_a_run(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(8))
    viewers = [http.client.HTTPConnection("127.0.0.1", program.port, timeout=30) for _ in range(VIEWERS)]
    for viewer in viewers:
        viewer.request("GET", f"/api/runs/{run_id}/events")
        assert viewer.getresponse().status == 200

    started = time.monotonic()
    statuses = [program.status("/api/runs") for _ in range(20)]

    assert statuses == [200] * 20
    assert time.monotonic() - started < 10
    assert program.ended(run_id)["status"] == "finished"
    for viewer in viewers:
        viewer.close()
