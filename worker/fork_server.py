"""Forks trainers from a process that has imported Keras: `python -m worker.fork_server`, on Linux and without a GPU.

TensorFlow is imported here and never started, because its threads would be missing in a forked process.
"""

import contextlib
import os
import select
import signal
import socket
import sys
from typing import NoReturn

from worker import trainer
from worker.process.command_line import replace_in_command_line
from worker.process.lifeline import end_with_parent

FILES = 3  # of a trainer, sent with a byte: its standard input, its output, and what tells the worker how it ends


def main() -> None:
    """Imports Keras at the first request, with that trainer's output: it tells why imports fail."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = socket.socket(fileno=os.dup(0))
    if not (files := receive(requests)):
        return
    own_output = os.dup(1)
    redirect_output(files[1])
    trainer.warm_up()
    redirect_output(own_output)
    os.close(own_output)
    serve(requests, files)


def receive(requests: socket.socket) -> list[int]:
    """Returns the files of the next trainer; none if the worker has closed its end."""
    _, files, *_ = socket.recv_fds(requests, 1, FILES)
    return files


def serve(requests: socket.socket, files: list[int]) -> None:
    """Forks the first trainer and those requested later, and tells how each has ended."""
    trainers: dict[int, tuple[int, int]] = {}  # process id and status file, by process file descriptor
    while files:
        if (process_id := fork_trainer(requests, files)) is not None:
            trainers[os.pidfd_open(process_id)] = process_id, files[-1]
        files = wait_for_request(requests, trainers)


def fork_trainer(requests: socket.socket, files: list[int]) -> int | None:
    """Tells the trainer's process id, and returns it; None if the system has no room for another process."""
    server = os.getpid()
    barrier, release = os.pipe()
    try:
        process_id = os.fork()
    except OSError as error:
        close_all(barrier, release)
        refuse(files, error)
        return None
    if process_id == 0:
        requests.close()
        os.close(release)
        os.read(barrier, 1)  # ends once the worker has this process id: a kill would else end the server
        os.close(barrier)
        run_trainer(server, *files)
    tell(files[-1], process_id)
    close_all(release, barrier, *files[:-1])
    return process_id


def close_all(*files: int) -> None:
    for file in files:
        os.close(file)


def refuse(files: list[int], error: OSError) -> None:
    """Tells why there is no trainer, as one that ends at once would; those that run go on."""
    _, stdout, status = files
    os.write(stdout, f"OSError: no trainer could be forked: {error}\n".encode())
    tell(status, os.getpid(), 1)
    close_all(*files)


def run_trainer(server: int, stdin: int, stdout: int, status: int) -> NoReturn:
    os.dup2(stdin, sys.stdin.fileno())
    redirect_output(stdout)
    close_all(stdin, stdout, status)
    replace_in_command_line(b"worker.fork_server", b"worker.trainer")
    end_with_parent()
    if os.getppid() != server:  # it died before end_with_parent, so no signal will come
        os._exit(1)
    trainer.exit_now(trainer.main())


def redirect_output(file: int) -> None:
    """Makes `file` the standard output and error."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(file, stream.fileno())


def wait_for_request(requests: socket.socket, trainers: dict[int, tuple[int, int]]) -> list[int]:
    """Returns the files of the next trainer. Until then it tells how trainers have ended."""
    while True:
        readable, _, _ = select.select([requests.fileno(), *trainers], [], [])
        for process in trainers.keys() & readable:
            tell_end(process, *trainers.pop(process))
        if requests.fileno() in readable:
            return receive(requests)


def tell_end(process: int, process_id: int, status: int) -> None:
    _, wait_status = os.waitpid(process_id, 0)
    tell(status, os.waitstatus_to_exitcode(wait_status))
    close_all(process, status)


def tell(status: int, *numbers: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # the worker no longer reads it
        os.write(status, "".join(f"{number}\n" for number in numbers).encode())


if __name__ == "__main__":
    main()
