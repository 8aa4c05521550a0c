"""`epochboard up` as a person and a machine use it: started, refused, interrupted, killed."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pysqlite3
import pytest

from backend.die_with_parent import dying_with_this_process
from backend.settings import Settings
from tests.support.service.program import free_port
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite

PARTS = ("valkey-server", "uvicorn backend.main", "-Q train,jobs,quick -n train-0")
STARTER = "backend.die_with_parent"
UP = (sys.executable, "-m", "standalone.main", "up", "--no-open")


class Up:
    """A board that is starting or running, with what it has printed."""

    def __init__(self, folder: Path, *options: str, data_dir: Path | None = None, prefork: bool = False) -> None:
        page = folder / "page"
        page.mkdir(exist_ok=True)
        (page / "index.html").write_text("<!doctype html><title>a page</title>")
        self.data_dir = data_dir or folder / "data"
        self.port = free_port()
        self.output = folder / f"output-{self.port}.txt"
        settings = {"FRONTEND_DIR": str(page), "IDLE_SECONDS": "600", "PREFORK": str(prefork)}
        self.environment = {**os.environ, **{f"EPOCHBOARD_{name}": value for name, value in settings.items()}}
        command = (*UP, "--port", str(self.port), "--data-dir", str(self.data_dir), *options)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and by every child as well
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=subprocess.STDOUT)
        self.family: list[psutil.Process] = []

    def ready(self) -> "Up":
        wait_until(lambda: self.printed("ready at "), 30)
        wait_until(lambda: all(map(self.child, PARTS)), 10)
        return self

    def printed(self, text: str) -> bool:
        return text in self.output.read_text()

    def children(self) -> list[psutil.Process]:
        """All processes below it; remembered, since children can't be found once their parent is gone."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        self.family = list({*self.family, *found})
        return psutil.Process(self.process.pid).children()

    def child(self, words: str) -> psutil.Process | None:
        """One that has become what it was started for: before that its command line is its starter's."""
        lines = {child: command_line(child) for child in self.children()}
        return next((child for child, line in lines.items() if words in line and STARTER not in line), None)

    def survivors(self) -> list[psutil.Process]:
        return [process for process in self.family if runs(process)]

    def end(self, number: signal.Signals) -> int:
        self.children()
        self.process.send_signal(number)
        return self.process.wait(20)


def command_line(process: psutil.Process) -> str:
    """Empty for one that has just died."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def refused(*options: str, **environment: str) -> str:
    """The one sentence with which `up` declines."""
    done = subprocess.run(
        [*UP, *options], capture_output=True, text=True, timeout=30, env={**os.environ, **environment}
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running = Up(tmp_path, prefork=True).ready()  # the preforked trainer must end with it
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One board for the tests that leave it running."""
    running = Up(tmp_path_factory.mktemp("lasting")).ready()
    yield running
    running.end(signal.SIGTERM)


@pytest.mark.slow
def test_it_starts_the_requested_number_of_train_workers_and_each_line_but_ready_has_a_name_before_it(
    tmp_path: Path,
) -> None:
    up = Up(tmp_path, "--workers", "2").ready()
    wait_until(lambda: up.child("train-1@"), 10)
    assert up.end(signal.SIGTERM) == 0
    lines = up.output.read_text().splitlines()
    assert [line for line in lines if "│" not in line] == [f"ready at http://127.0.0.1:{up.port}"]
    names = {match[1] for line in lines if (match := re.match(r" *([a-z0-9-]+) │ .", line))}
    assert names == {"valkey", "api", "train-0", "train-1"}


@pytest.mark.slow
def test_the_parts_can_be_distinguished_by_their_command_lines(lasting: Up) -> None:
    lines = [command_line(child) for child in lasting.children()]
    assert sum("uvicorn backend.main" in line for line in lines) == 1
    assert sum("celery -A worker" in line for line in lines) == 1
    assert sum("valkey-server" in line for line in lines) == 1


@pytest.mark.slow
def test_a_second_start_on_the_same_data_dir_says_where_the_first_one_is(lasting: Up) -> None:
    sentence = refused("--data-dir", str(lasting.data_dir), "--port", str(lasting.port))
    assert f"process {lasting.process.pid} serves it at http://127.0.0.1:{lasting.port}" in sentence


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)], ids=str)
def test_ctrl_c_a_request_to_end_and_a_closed_terminal_leave_nothing(up: Up, number: signal.Signals, code: int) -> None:
    assert up.end(number) == code
    assert up.survivors() == []
    assert not (up.data_dir / "valkey" / "valkey.sock").exists()


@pytest.mark.slow
def test_killed_with_9_it_leaves_no_orphan_and_the_next_one_starts(up: Up, tmp_path: Path) -> None:
    assert up.end(signal.SIGKILL) == -9
    wait_until(lambda: not up.survivors(), 5)
    again = Up(tmp_path, data_dir=up.data_dir).ready()
    assert again.end(signal.SIGTERM) == 0


@pytest.mark.slow
@pytest.mark.parametrize("word", ["uvicorn", "valkey-server", "train-0@"])
def test_a_child_that_dies_comes_back_with_the_reason(lasting: Up, word: str) -> None:
    child = lasting.child(word)
    assert child is not None
    child.kill()
    wait_until(lambda: (back := lasting.child(word)) is not None and back.pid != child.pid, 15)
    assert lasting.printed("│ killed by SIGKILL; restarting in 0.2 s")


@pytest.mark.slow
def test_a_data_dir_that_is_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    running = Up(tmp_path, data_dir=tmp_path / ("deep" * 20) / ("deeper" * 20)).ready()
    server = running.child("valkey-server")
    assert server is not None
    assert running.end(signal.SIGINT) == 130
    assert not [line for line in running.output.read_text().splitlines() if "restarting" in line]


@pytest.mark.slow
def test_a_damaged_append_only_file_is_reported_and_put_aside(tmp_path: Path) -> None:
    files = tmp_path / "data" / "valkey" / "appendonlydir"
    files.mkdir(parents=True)
    (files / "appendonly.aof.manifest").write_text("rubbish\n")
    running = Up(tmp_path).ready()
    assert running.end(signal.SIGTERM) == 0
    assert running.printed("The append-only file was damaged and was moved to")


@pytest.mark.slow
def test_a_database_of_a_newer_version_ends_it_with_the_reason(tmp_path: Path) -> None:
    create_sqlite(Settings(data_dir=tmp_path / "data"))
    with closing(pysqlite3.connect(tmp_path / "data" / "epochboard.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    up = Up(tmp_path)

    assert up.process.wait(30) == 1
    assert up.printed("epochboard: The database has version 9999, which this program does not know")
    assert not up.printed("Traceback")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.test"])  # noqa: S104
def test_an_address_that_others_can_reach_is_refused(host: str, tmp_path: Path) -> None:
    assert "no access control" in refused("--host", host, "--data-dir", str(tmp_path))


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        sentence = refused("--port", port, "--data-dir", str(tmp_path / "d"), EPOCHBOARD_FRONTEND_DIR=str(tmp_path))
    assert f"Port {port} of 127.0.0.1" in sentence


def test_a_page_that_is_not_built_is_refused_with_the_command(tmp_path: Path) -> None:
    sentence = refused("--data-dir", str(tmp_path), EPOCHBOARD_FRONTEND_DIR=str(tmp_path / "nowhere"))
    assert "make setup" in sentence


@pytest.mark.parametrize(
    ("name", "value"), [("EPOCHBOARD_LEASE_SECONDS", "soon"), ("EPOCHBOARD_ALLOWED_HOSTS", "localhost")]
)
def test_a_setting_that_can_not_be_read_is_named(name: str, value: str, tmp_path: Path) -> None:
    assert name.removeprefix("EPOCHBOARD_").lower() in refused("--data-dir", str(tmp_path), **{name: value}).lower()


PARENT = """
import subprocess, sys
from backend import die_with_parent
die_with_parent.sys.platform = sys.argv[1]
command = die_with_parent.dying_with_this_process([sys.executable, "-c", "import time; time.sleep(60)"])
if sys.argv[1] != "linux":  # runs the code of other systems on this one
    program = "import sys; from backend import die_with_parent as d; "
    program += "d.sys.platform = 'darwin'; d.main(sys.argv[1:])"
    command[1:3] = ["-c", program]
print(subprocess.Popen(command).pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_bound_command_ends_with_its_parent(system: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, system], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_until(lambda: command_line(child).endswith("time.sleep(60)"), 5)
        family = [child, *child.children()]
        parent.kill()
    wait_until(lambda: not any(runs(process) for process in family), 5)


def test_a_bound_command_ends_with_the_requested_signal() -> None:
    assert dying_with_this_process(["true"], signal.SIGTERM)[-3:] == ["TERM", "--", "true"]
