"""The structure as a test: who may know whom, and what a process may load."""

import subprocess
import sys

from importlinter.cli import lint_imports

HEAVY = ("tensorflow", "keras", "worker", "standalone", "sklearn", "plotly", "scipy")


def loaded_by(module: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after importing `module`."""
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_service_loads_neither_keras_nor_a_worker_nor_the_analysis() -> None:
    assert loaded_by("backend.main") & set(HEAVY) == set()


def test_a_celery_process_does_not_load_keras() -> None:
    assert loaded_by("worker.tasks") & {"tensorflow", "keras", "fastapi", "standalone"} == set()


def test_the_launcher_loads_nothing_slow() -> None:
    assert loaded_by("standalone.main") & {"tensorflow", "keras", "sklearn", "plotly", "fastapi", "worker"} == set()


def test_import_contracts_hold() -> None:
    assert lint_imports(cache_dir=None) == 0
