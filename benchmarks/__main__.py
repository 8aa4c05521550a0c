"""`python -m benchmarks [NAME…]`: without names, all of them."""

import argparse
import importlib
import sys

NAMES = ("page", "start", "launch", "memory", "events", "fashion")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="One JSON line a figure.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--pairs", type=int, default=3, help="of board and notebook, for fashion (3)")
    parser.add_argument("--epochs", type=int, default=15, help="of each side, for fashion (15)")
    parser.add_argument("--offline", action="store_true", help="leave out what needs the Fashion-MNIST files")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in options.names or NAMES:
        if name == "fashion" and options.offline:
            continue
        for figure in importlib.import_module(f"benchmarks.{name}").figures(options):
            print(figure.as_line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
