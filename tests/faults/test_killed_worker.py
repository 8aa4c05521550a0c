"""Processes of a worker, or of the whole program, are killed or frozen: `up` restarts them and the run resumes."""

import json
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.files.zips import pets, zipped
from tests.support.service.program import Program, living_processes, slow_spec, tiny_spec
from tests.support.service.streams import epochs_of
from tests.support.service.suspended import suspend

pytestmark = pytest.mark.slow

EPOCHS = 24
# One test waits until a lease has expired. A heartbeat may still be late by three seconds on a busy machine.
TIMINGS = {
    "EPOCHBOARD_LEASE_SECONDS": "6",
    "EPOCHBOARD_HEARTBEAT_SECONDS": "0.5",
    "EPOCHBOARD_PREFORK": "true",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("program"), **TIMINGS).running() as running:
        yield running


@pytest.fixture
def patient_program(tmp_path: Path) -> Iterator[Program]:
    """Its leases outlast every wait of a test: a run that goes on was released before."""
    with Program(tmp_path, **TIMINGS | {"EPOCHBOARD_LEASE_SECONDS": "600"}).running() as running:
        yield running


def test_a_killed_preforked_trainer_is_replaced(program: Program) -> None:
    """It is the first test of the file: as no run has trained, the only trainer is the preforked one."""
    preforked = program.trainer()
    preforked.kill()
    program.wait(lambda: preforked not in program.trainers(), 10, "the preforked trainer to die")

    run = program.ended(program.launch(spec=tiny_spec()))
    assert (run["status"], run["attempt"]) == ("finished", 1)


def test_the_trainer_of_a_killed_worker_dies_with_it_and_the_restarted_one_trains_its_run_and_others(
    patient_program: Program,
) -> None:
    program = patient_program
    run_id = program.launch(spec=slow_spec(EPOCHS))
    subscriber = program.subscribe(run_id)
    program.at_epoch(run_id, 3)
    worker, trainer = program.part("worker"), program.trainer()

    worker.kill()
    launched_without_worker = program.launch(spec=tiny_spec())
    psutil.wait_procs([worker, trainer], timeout=5)
    assert not trainer.is_running(), "the trainer outlived its worker"
    assert program.part("worker").pid != worker.pid

    run = program.ended(run_id)
    subscriber.join()
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert program.log_contains(run_id, "was restarted. Requeued; training resumes after epoch")
    assert subscriber.epochs() == list(range(1, EPOCHS + 1))
    assert subscriber.numbers() == list(range(1, len(subscriber.numbers()) + 1))
    other = program.ended(launched_without_worker)
    assert (other["status"], other["attempt"]) == ("finished", 1)


def test_a_job_that_the_kernel_kills_for_its_memory_disturbs_no_training_of_its_worker(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    program.at_epoch(run_id, 1)
    images = zipped(pets(1_000))  # of a few, the job would end before it is killed
    program.post("/api/datasets?name=pets&image_size=8", images, "application/zip")
    worker = program.part("worker")
    job = program.wait(lambda: next(living_processes(worker, "worker.datasets.ingest"), None), 10, "the job", 0.02)
    program.wait(lambda: oom_score(job) == 500, 10, "the job to be the first that the kernel kills", 0.02)
    job.kill()

    program.wait(lambda: program.get("/api/datasets/pets")["status"] == "failed", 20, "its failure to be stored")
    run = program.ended(run_id)
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert oom_score(worker) == oom_score(psutil.Process())
    assert program.part("worker").pid == worker.pid


def oom_score(process: psutil.Process) -> int:
    return int(Path(f"/proc/{process.pid}/oom_score_adj").read_text())


def test_a_killed_api_does_not_disturb_the_run_and_subscribers_reconnect(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    subscriber = program.subscribe(run_id)
    program.at_epoch(run_id, 2)

    program.part("api").kill()
    program.wait(lambda: program.status("/healthz") == 200, 20, "the API to be back")

    run = program.ended(run_id)
    subscriber.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert subscriber.numbers() == list(range(1, len(subscriber.numbers()) + 1))


def test_a_worker_frozen_beyond_its_lease_writes_nothing_when_it_wakes(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    program.at_epoch(run_id, 3)
    worker, trainer = program.part("worker"), program.trainer()

    suspend(program, worker, trainer)
    program.wait(lambda: program.log_contains(run_id, "stopped renewing its lease"), 45, "the reaper")
    for process in (trainer, worker):
        process.resume()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert epochs_of(program.events(run_id)) == list(range(1, EPOCHS + 1))


def test_a_run_resumes_when_a_stopped_program_is_started_again(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    program.at_epoch(run_id, 3)

    program.stop()
    program.start()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert program.log_contains(run_id, "The worker was shut down")
    assert epochs_of(program.events(run_id)) == list(range(1, EPOCHS + 1))


def test_a_killed_program_leaves_no_orphan_and_the_run_resumes_when_it_is_started_again(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    before = program.at_epoch(run_id, 3)

    processes = program.kill()
    gone, alive = psutil.wait_procs(processes, timeout=10)
    assert (len(gone), alive) == (len(processes), [])
    program.start()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert before["best"]["epoch"] <= run["best"]["epoch"]
    assert epochs_of(program.events(run_id)) == list(range(1, EPOCHS + 1))


def test_a_search_goes_on_after_its_worker_was_killed_twice(program: Program) -> None:
    """Its jobs drive the study, and its slot trains it."""
    space = {"optimizer.learning_rate": {"low": 0.001, "high": 0.01, "log": True}}
    request = {"kind": "tpe", "spec": tiny_spec(), "space": space, "runs": 4}
    study = program.post("/api/studies", json.dumps(request).encode())["id"]
    address = f"/api/studies/{study}"

    program.wait(lambda: program.get(address)["runs"]["finished"] >= 1, 60, "the first trial")
    program.part("worker").kill()
    program.wait(lambda: program.get(address)["runs"]["running"] == 1, 30, "another trial in training")
    program.part("worker").kill()
    program.wait(lambda: program.get(address)["status"] != "running", 90, "the end of the study")

    runs = program.get(f"/api/runs?study={study}")["items"]
    assert sorted(run["trial"] for run in runs) == [0, 1, 2, 3]
    assert {run["status"] for run in runs} == {"finished"}
    assert all(run["epoch"] == run["epochs"] for run in runs)
    assert len({run["study_values"]["optimizer.learning_rate"] for run in runs}) == len(runs)
    assert program.get(address)["runs"]["finished"] == len(runs)
