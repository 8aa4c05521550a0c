"""`python -m benchmarks [NAME…]`: without names, all of them."""

import argparse
import importlib
import sys
from pathlib import Path

NAMES = ("page", "start", "launch", "queue", "memory", "events", "saving", "predict", "fashion", "recipes")
NEED_IMAGES = ("fashion", "recipes")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="One JSON line a figure.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--pairs", type=int, help="of board and notebook (fashion 3, recipes 5)")
    parser.add_argument("--epochs", type=int, help="of each side (fashion 15, recipes 1)")
    parser.add_argument("--train-limit", type=int, default=None, help="images; 0: all (recipes 6400, saving 0)")
    parser.add_argument("--recipes", nargs="*", help="only these, for recipes")
    parser.add_argument("--coarse", action="store_true", help="for recipes: also in mixed_bfloat16")
    parser.add_argument("--photos", type=Path, help="for recipes: a zip of CIFAR-10's images in class folders")
    parser.add_argument("--offline", action="store_true", help="leave out what needs images that aren't here")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in options.names or NAMES:
        if name in NEED_IMAGES and options.offline:
            continue
        for figure in importlib.import_module(f"benchmarks.{name}").figures(options):
            print(figure.as_line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
