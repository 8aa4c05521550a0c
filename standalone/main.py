"""The program `epochboard`: its commands and their options. What a command needs is imported when it is called."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from standalone.refusal import Refusal

DEFAULT_URL = "http://127.0.0.1:8000"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    module, function = options.runs.split(":")
    try:
        code: int = getattr(importlib.import_module(f"standalone.{module}"), function)(options)
    except Refusal as refusal:
        print(f"epochboard: {refusal}", file=sys.stderr)
        return refusal.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `epochboard runs list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser("epochboard", description="Launch, watch and understand Keras runs.")
    commands = root.add_subparsers(metavar="COMMAND", required=True)
    add_up(commands)
    add_launch(commands)
    add_runs(commands)
    add_datasets(commands)
    add_migrate(commands)
    add_doctor(commands)
    return root


def add(commands: Any, name: str, runs: str, text: str) -> argparse.ArgumentParser:
    """A command that calls `runs`, a "module:function" of this package."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(runs=runs)
    return command


def add_client(commands: Any, name: str, runs: str, text: str) -> argparse.ArgumentParser:
    """A command that talks to a board."""
    command = add(commands, name, runs, text)
    url = os.environ.get("EPOCHBOARD_URL") or DEFAULT_URL
    command.add_argument("--url", default=url, help="the board (EPOCHBOARD_URL; now %(default)s)")
    token = os.environ.get("EPOCHBOARD_TOKEN")
    command.add_argument("--token", default=token, help="sent as Bearer token (EPOCHBOARD_TOKEN)")
    return command


def add_group(commands: Any, name: str, text: str) -> Any:
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(metavar="COMMAND", required=True)


def add_up(commands: Any) -> None:
    up = add(commands, "up", "up:up", "Start the board on this machine, until Ctrl-C.")
    up.add_argument("--host", default="127.0.0.1", help="a loopback address (127.0.0.1)")
    up.add_argument("--port", type=number(1, 65535), default=8000, help="8000")
    up.add_argument("--data-dir", help="folder of database, datasets and runs (EPOCHBOARD_DATA_DIR)")
    up.add_argument("--workers", type=number(1, 64), default=1, help="train workers, each with its slots (1)")
    up.add_argument("--no-open", action="store_true", help="don't open the page in a browser")


def add_launch(commands: Any) -> None:
    launch = add_client(commands, "launch", "launch:launch", "Launch a run and print its id and address.")
    launch.add_argument("what", metavar="RECIPE|SPEC.json", help="a recipe's name, or a file with a spec")
    launch.add_argument(
        "--set", action="append", default=[], metavar="path=value", help="change the spec: --set epochs=3"
    )
    launch.add_argument("--name", help="the run's name")
    launch.add_argument("--watch", action="store_true", help="follow it: 0 when it finished, 1 when it failed")


def add_runs(commands: Any) -> None:
    runs = add_group(
        commands, "runs", "List, show, stop, resume, delete runs, download their files, predict with them."
    )
    listing = add_client(runs, "list", "runs:list_runs", "List the newest runs.")
    listing.add_argument("--status", help="only those with this status")
    listing.add_argument("--limit", type=number(1, 200), default=50, help="how many (50)")
    show = add_client(runs, "show", "runs:show_run", "Show a run as JSON.")
    stop = add_client(runs, "stop", "runs:stop_run", "End a run after its running epoch, which is kept.")
    stop.add_argument("--kill", action="store_true", help="end it now; the running epoch is lost")
    resume = add_client(runs, "resume", "runs:resume_run", "Let an ended run go on after its last epoch.")
    resume.add_argument("--epochs", type=number(1, 10_000), help="how many it shall have in the end")
    delete = add_client(runs, "delete", "runs:delete_run", "Delete a run that has ended, with its files.")
    download = add_client(runs, "download", "runs:download", "Download a file of a run, proved by its SHA-256.")
    predict = add_client(runs, "predict", "predict:predict", "Show images to a run's best model.")
    for command in (show, stop, resume, delete, download, predict):
        command.add_argument("id", help="the run's id")
    download.add_argument("file", nargs="?", default="best.keras", help="which one (best.keras)")
    predict.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="a file, JPEG or PNG for example")
    download.add_argument("-o", "--output", help="where to write it (the file's name, here)")


def add_datasets(commands: Any) -> None:
    datasets = add_group(commands, "datasets", "List datasets, prepare built-in ones, add your own.")
    add_client(datasets, "list", "datasets:list_datasets", "List datasets.")
    prepare = add_client(datasets, "prepare", "datasets:prepare", "Fetch a built-in dataset into the store.")
    prepare.add_argument("name", help="the dataset's name")
    own = add_client(datasets, "add", "adding:add", "Send a folder or zip of images, or files of a built-in dataset.")
    own.add_argument("name", help="the dataset's name, a new one or that of a built-in dataset")
    own.add_argument("paths", metavar="FOLDER|ZIP|FILE", nargs="+", type=Path, help="a folder for each class in it")
    own.add_argument("--image-size", type=number(8, 512), help="side in pixels (32)")
    own.add_argument("--fit", choices=["crop", "pad", "stretch"], help="how pictures become square (crop)")
    own.add_argument("--color", choices=["rgb", "grayscale"], help="rgb")
    own.add_argument("--test-fraction", type=float, help="share of the images that is kept for testing (0.2)")


def add_migrate(commands: Any) -> None:
    migrate = add(commands, "migrate", "migrate:migrate", "Bring the database to this version; `up` does it by itself.")
    migrate.add_argument("--data-dir", help="folder of a database in SQLite (EPOCHBOARD_DATA_DIR)")


def add_doctor(commands: Any) -> None:
    doctor = add_client(commands, "doctor", "doctor:doctor", "Look at what the board needs here, a line each.")
    doctor.add_argument("--data-dir", help="folder of database, datasets and runs (EPOCHBOARD_DATA_DIR)")


def number(least: int, most: int) -> Any:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return parse


if __name__ == "__main__":
    sys.exit(main())
