"""Starts a Celery worker: `python -m worker.celery -A worker.tasks -Q QUEUES -n NAME`.

Celery's own program imports all of its commands, with libraries for terminals: 13 MB that no worker uses.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from typing import Any

from backend.imports import without_collections


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a worker until a signal ends it. Returns its exit code."""
    options = parser().parse_args(arguments)
    sys.argv[:1] = ["-m", "worker.celery"]  # Celery calls Python with these when SIGHUP restarts it
    with without_collections():
        worker = make_worker(options)
    worker.start()
    return worker.exitcode or 0


def make_worker(options: argparse.Namespace) -> Any:
    """Imports Celery and the application, and returns Celery's worker."""
    from celery.app.utils import find_app
    from celery.utils.nodenames import host_format

    return find_app(options.app).Worker(
        hostname=host_format(options.hostname),
        queues=options.queues.split(","),
        pool_cls="threads",
        loglevel=logging.WARNING,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )


def parser() -> argparse.ArgumentParser:
    """The options are named as those of `celery worker`."""
    options = argparse.ArgumentParser(prog="python -m worker.celery", description="Start a worker.")
    options.add_argument("-A", "--app", required=True, help="module of the Celery application")
    options.add_argument("-Q", "--queues", required=True, help="queues to read, separated by commas")
    options.add_argument("-n", "--hostname", required=True, help="name of the worker; %%h is the host's")
    return options


if __name__ == "__main__":
    sys.exit(main())
