"""`python -m benchmarks.gpu`: prints one JSON line per figure, and last `passed: …` or `failed: …`."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend.nvidia_smi import NvidiaSmiError, list_gpus
from benchmarks.gpu.checks import CHECKS, Check
from benchmarks.gpu.images import add_images
from benchmarks.gpu.machine import Machine
from benchmarks.measuring.board import running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from worker.supervision.devices import NO_GPU

ENVIRONMENT = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "TF_CPP_MIN_LOG_LEVEL": "2"}  # also of the notebook's side


class TimeIsUp(Exception):
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if all checks passed, 1 if one failed, and 2 without a GPU."""
    options = parse(arguments)
    os.environ.update(ENVIRONMENT)
    if options.cpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = NO_GPU
    elif reason := no_gpu():
        print(f"failed: {reason}")
        return 2
    end_after(options.seconds)
    return report(run(options))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/gpu-check", description="Checks a machine with an NVIDIA GPU.")
    parser.add_argument("--seconds", type=int, default=600, help="the longest that the checks may take (600)")
    parser.add_argument("--photos", type=Path, metavar="ZIP", help="CIFAR-10's images in class folders")
    parser.add_argument("--cpu", action="store_true", help="run the checks on the processor, to try the checks")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes that only show that the checks work")
    return parser.parse_args(arguments)


def no_gpu() -> str | None:
    try:
        return None if list_gpus() else "nvidia-smi lists no GPU on this machine. --cpu tries the checks without one."
    except NvidiaSmiError as error:
        return str(error)


def run(options: argparse.Namespace) -> Iterator[Figure | str]:
    """Yields figures, and a sentence for each check that failed."""
    sizes = Options(smoke=options.smoke, photos=options.photos)
    try:
        with running_board(sizes, EPOCHBOARD_EXPORTS="false") as board:
            machine = Machine(board, add_images(board, sizes), [] if options.cpu else list_gpus(), options.smoke)
            for check in CHECKS:
                yield from outcome(check, machine)
    except TimeIsUp:
        yield f"time was up before all checks were done: they had {max(1, options.seconds)} s"


def outcome(check: Check, machine: Machine) -> Iterator[Figure | str]:
    """A check that fails leaves the others to run."""
    try:
        yield from check(machine)
    except TimeIsUp:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the check found
        yield f"{check.__name__}: {error or type(error).__name__}"


def report(results: Iterator[Figure | str]) -> int:
    """Prints the figures as they come, and the verdict."""
    started, figures = time.monotonic(), 0
    failures: list[str] = []
    for result in results:
        if isinstance(result, str):
            failures.append(result)
            print(result, file=sys.stderr, flush=True)
            continue
        figures += 1
        print(result.as_line(), flush=True)
        if result.budget is not None and result.value > result.budget:
            failures.append(f"{result.name} is {result.value:.3g} {result.unit}, above {result.budget:g}")
    counts = f"{figures} figures in {time.monotonic() - started:.0f} s"
    reasons = "; ".join(" ".join(failure.split()) for failure in failures)
    print(f"failed: {reasons} ({counts})" if failures else f"passed: {counts}")
    return 1 if failures else 0


def end_after(seconds: int) -> None:
    """Ends the checks after at least a second: a slow installation leaves less, and an alarm after 0 s never comes."""
    signal.signal(signal.SIGALRM, end)
    signal.alarm(max(1, seconds))


def end(*_: object) -> None:
    raise TimeIsUp


if __name__ == "__main__":
    sys.exit(main())
