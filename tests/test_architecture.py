"""The structure as a test: which room may import which, what a process loads, and how far a request travels."""

import ast
import logging.config
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import cast

import pytest
from fastapi import Response
from importlinter.cli import lint_imports
from pydantic import TypeAdapter
from sqlalchemy import event
from starlette.testclient import TestClient

from backend.api.runs import create_run
from backend.application import create_app
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from backend.spec.recipes import recipes
from tests.support.storage.databases import create_sqlite

HEAVY = ("tensorflow", "keras", "worker", "standalone", "sklearn", "plotly", "scipy", "optuna", "celery", "kombu")
MAX_FUNCTIONS_OF_OTHER_ROOMS = 12
ROOMS = [path.parent for package in ("backend", "worker", "standalone") for path in Path(package).rglob("__init__.py")]


def loaded_by(module: str) -> set[str]:
    """Returns the modules of a fresh interpreter that has imported `module`."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_service_loads_neither_keras_nor_a_worker_nor_celery_nor_the_analysis() -> None:
    assert loaded_by("backend.application") & {*HEAVY, "numpy.random"} == set()


def test_a_celery_process_loads_neither_keras_nor_what_only_some_jobs_need() -> None:
    heavy = {"tensorflow", "keras", "fastapi", "standalone", "alembic", "optuna", "numpy", "PIL", "httpx", "sklearn"}
    terminals = {"prompt_toolkit", "pygments"}
    assert loaded_by("worker.celery, worker.tasks, celery.apps.worker") & (heavy | terminals) == set()


def test_the_launcher_loads_nothing_slow() -> None:
    heavy = {
        "tensorflow",
        "keras",
        "plotly",
        "fastapi",
        "worker",
        "sqlalchemy",
        "celery",
        "redis",
        "valkey",
        "pydantic",
    }
    assert loaded_by("standalone.board.up") & heavy == set()


def test_what_starts_each_child_of_the_launcher_loads_next_to_nothing() -> None:
    """The finder that setuptools installs by default would import pathlib in each process."""
    assert loaded_by("backend.die_with_parent") & {"pathlib", "re", "subprocess", "threading", "typing"} == set()


def test_the_first_request_analyses_no_route(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would do so with all routes of an included router, for longer than any request takes."""
    client = TestClient(create_app(settings))
    analysed: list[object] = []
    monkeypatch.setattr(TypeAdapter, "__init__", lambda *arguments, **_options: analysed.append(arguments))

    assert client.get("/healthz").status_code == 200

    assert analysed == []


def test_scipy_is_imported_by_one_thread_at_a_time() -> None:
    """Elsewhere, of two first requests at once one was answered with 500."""
    imports = {(path.name, node.lineno) for path, node in scipy_imports(lambda _parent: True)}
    locked = {(path.name, node.lineno) for path, node in scipy_imports(is_locked)}

    assert imports
    assert imports == locked


def scipy_imports(is_chosen: Callable[[ast.AST], bool]) -> Iterator[tuple[Path, ast.stmt]]:
    """Yields the imports of SciPy in the service that are directly below a chosen part of the code."""
    for path in Path("backend").rglob("*.py"):
        for parent in filter(is_chosen, ast.walk(ast.parse(path.read_text()))):
            for node in ast.iter_child_nodes(parent):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if any(name and name.partition(".")[0] == "scipy" for name in names):
                    yield path, cast("ast.stmt", node)


def is_locked(parent: ast.AST) -> bool:
    return isinstance(parent, ast.With) and ast.unparse(parent.items[0]) == "SCIPY_IMPORT"


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        logging.config, "dictConfig", lambda _config: None
    )  # it would disable the loggers of other tests

    assert lint_imports(cache_dir=None) == 0


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_the_first_line_of_each_room_says_what_it_holds(room: Path) -> None:
    first = (room / "__init__.py").read_text().split("\n")[0]

    assert first.startswith('"""')
    assert first.endswith('."""')


class CalledRooms:
    """Notes the functions of the service that are called from another room, until the run's row is inserted.

    A room is a folder or a module directly below `backend/`. A function that a library calls counts as called by the
    service's function below it. Not counted: names that begin with an underscore (hooks of SQLAlchemy, validators of
    pydantic); what happens before `create_run` is called, such as the request's validation; what follows the INSERT.
    """

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self._is_done = False

    def on_statement(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self._is_done = self._is_done or statement.startswith("INSERT INTO runs")

    def on_profile(self, frame: FrameType, kind: str, _argument: object) -> None:
        module, name = module_of(frame), frame.f_code.co_qualname
        is_function = kind == "call" and "<" not in name and not name.rpartition(".")[2].startswith("_")
        if self._is_done or not is_function or not module.startswith("backend"):
            return
        caller = frame.f_back
        while caller is not None and not module_of(caller).startswith("backend"):
            caller = caller.f_back
        if caller is not None and room_of(module_of(caller)) != room_of(module):
            self.functions.add(f"{module}.{name}")


def module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_a_request_for_a_run_passes_few_functions_of_other_rooms(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0", frontend_dir=tmp_path / "no-page")
    create_sqlite(settings)
    board, called = create_app(settings).state.board, CalledRooms()
    recipes()  # read once in a process
    event.listen(board.database.engine, "before_cursor_execute", called.on_statement)

    sys.setprofile(called.on_profile)
    try:
        create_run(RunCreate(recipe="digits-quick"), board, Response())
    finally:
        sys.setprofile(None)

    board.database.engine.dispose()
    assert "backend.network.describe.describe" in called.functions
    assert len(called.functions) <= MAX_FUNCTIONS_OF_OTHER_ROOMS, sorted(called.functions)
