"""Runs scripts that need Keras in children of one process that has imported it.

The import takes three seconds, a tiny training less than one. TensorFlow's runtime starts in the child, so that each
child chooses its own threads and seeds. What has to begin with an interpreter of its own calls `run_fresh` instead.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Protocol

REPOSITORY = Path(__file__).parents[3]
TIMEOUT_SECONDS = 200


class RunPython(Protocol):
    """Runs `python ARGUMENTS` (`-m MODULE …` or `FILE …`) in `folder` and returns its exit code and output."""

    def __call__(
        self, arguments: Sequence[str], *, folder: Path = REPOSITORY, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]: ...


def run_fresh(
    arguments: Sequence[str], *, folder: Path = REPOSITORY, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Starts a new interpreter."""
    return subprocess.run(
        (sys.executable, *arguments), cwd=folder, input=stdin, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
    )


class ForkServer:
    """The process that has imported Keras. It forks one child at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.support.training.fork_server"),
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], *, folder: Path = REPOSITORY, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Forks a child. Its exit code is negative where a signal ended it, as that of `subprocess.run`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as pipes:
            (Path(pipes) / "stdin").write_text(stdin)
            request = {"arguments": list(arguments), "folder": str(folder), "pipes": pipes}
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            output, errors = ((Path(pipes) / name).read_text() for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(arguments, code, output, errors)

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    from worker.training.preload import preload

    preload(gpu=False)  # children find Keras and the trainer's code imported

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run_in_child(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def run_in_child(arguments: list[str], folder: str, pipes: str) -> NoReturn:
    """Does what the interpreter does with its arguments, and ends without Keras' second of cleaning up."""
    for name, mode, number in (("stdin", "r", 0), ("stdout", "w", 1), ("stderr", "w", 2)):
        with (Path(pipes) / name).open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin = os.fdopen(0)
    os.chdir(folder)
    code = 0
    try:
        execute(arguments)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - the child reports whatever it was, and must not return
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def execute(arguments: list[str]) -> None:
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).resolve().parent)
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
