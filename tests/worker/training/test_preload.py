"""What a trainer checks before it tells its supervisor that it is ready."""

import pytest

from tests.support.training.fork_server import run_fresh
from worker.training import machine
from worker.training.preload import preload


def test_a_trainer_of_a_gpu_slot_does_not_start_if_tensorflow_finds_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: False)

    with pytest.raises(SystemExit, match="TensorFlow finds no GPU, although nvidia-smi lists one"):
        preload(gpu=True)


def test_a_trainer_of_a_cpu_slot_needs_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: False)

    preload(gpu=False)


@pytest.mark.slow
def test_a_trainer_loads_only_what_training_needs() -> None:
    loaded = "{'sklearn', 'scipy', 'alembic', 'httpx'} & set(sys.modules)"
    code = f"import sys, worker.trainer; worker.trainer.warm_up(); print({loaded})"
    trainer = run_fresh(("-c", code))

    assert trainer.stdout == "set()\n", trainer.stderr
