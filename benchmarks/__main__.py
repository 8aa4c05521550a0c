"""`python -m benchmarks [NAME…]`: prints one JSON line for each figure. Without names it runs all but `clone`."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring.options import CIFAR, FASHION, Options, how_to_include

NAMES = (
    "page",
    "start",
    "launch",
    "queue",
    "lists",
    "long",
    "memory",
    "look",
    "events",
    "requests",
    "saving",
    "predict",
    "backbones",
    "estimates",
    "compare",
    "understand",
    "fashion",
    "recipes",
)
ONLY_BY_NAME = ("clone",)  # it installs everything once more
NEEDED_IMAGES = {
    "launch": (FASHION,),
    "saving": (FASHION, CIFAR),
    "fashion": (FASHION,),
    "recipes": (FASHION, CIFAR),
}
RUNS_WITHOUT_IMAGES = ("launch", "saving")  # they measure the recipe of the digits, which are always there


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 2 where a benchmark was named whose images are all missing, else 0."""
    names, options = parse(arguments)
    report_missing_images(names or NAMES, options)
    runnable = [name for name in names or NAMES if can_run(name, options)]
    for name in runnable:
        for figure in importlib.import_module(f"benchmarks.{name}").figures(options):
            print(figure.as_line(), flush=True)
    return 2 if len(runnable) < len(names) else 0


def parse(arguments: Sequence[str] | None) -> tuple[list[str], Options]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Prints one JSON line per figure.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES + ONLY_BY_NAME))
    parser.add_argument("--pairs", type=int, help="pairs of board and notebook (fashion 3, recipes 5)")
    parser.add_argument("--epochs", type=int, help="epochs of each run (fashion 15, recipes 1, saving 2)")
    parser.add_argument("--train-limit", type=int, help="training images; 0: all (recipes 6400, saving 0)")
    parser.add_argument("--recipes", nargs="*", default=[], help="only these, for the benchmark recipes")
    parser.add_argument("--coarse", action="store_true", help="for recipes: also in mixed_bfloat16")
    parser.add_argument("--photos", type=Path, metavar="ZIP", help="CIFAR-10's images in class folders")
    parser.add_argument("--offline", action="store_true", help="use the digits only, which every machine has")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes that only show that a benchmark works")
    values = vars(parser.parse_args(arguments))
    names: list[str] = values.pop("names")
    existing = NAMES + ONLY_BY_NAME
    if unknown := set(names) - set(existing):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(existing)}")
    if values["photos"] is not None and not values["photos"].is_file():
        parser.error(f"--photos {values['photos']} is not a file")
    return names, Options(**{**values, "recipes": tuple(values["recipes"])})


def can_run(name: str, options: Options) -> bool:
    """True if at least one figure of the benchmark can be measured."""
    needed = NEEDED_IMAGES.get(name, ())
    return not needed or name in RUNS_WITHOUT_IMAGES or any(map(options.has_images, needed))


def report_missing_images(names: Sequence[str], options: Options) -> None:
    """Prints one line to standard error that says what is left out, and how to include it."""
    needed = {dataset for name in names for dataset in NEEDED_IMAGES.get(name, ())}
    missing = [dataset for dataset in (FASHION, CIFAR) if dataset in needed and not options.has_images(dataset)]
    affected = [name for name in names if set(NEEDED_IMAGES.get(name, ())) & set(missing)]
    if affected:
        reasons = ["--offline leaves out all images"] if options.offline else map(how_to_include, missing)
        print(f"left out of {', '.join(affected)}: {'; '.join(reasons)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
