"""The program `epochboard`: its commands and options. A command's module is imported when the command is called."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from standalone.errors import CommandError

DEFAULT_URL = "http://127.0.0.1:8000"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    module, name = options.function.split(":")
    try:
        code: int = getattr(importlib.import_module(f"standalone.{module}"), name)(options)
    except CommandError as error:
        print(f"epochboard: {error}", file=sys.stderr)
        return error.code
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
    add_studies(commands)
    add_datasets(commands)
    add_weights(commands)
    add_migrate(commands)
    add_doctor(commands)
    return root


def add(commands: Any, name: str, function: str, text: str) -> argparse.ArgumentParser:
    """Adds a command that calls `function`, a "module:function" of this package."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(function=function)
    return command


def add_client(commands: Any, name: str, function: str, text: str) -> argparse.ArgumentParser:
    """Adds a command that is an HTTP client of a board."""
    command = add(commands, name, function, text)
    url = os.environ.get("EPOCHBOARD_URL") or DEFAULT_URL
    command.add_argument("--url", default=url, help="the board (EPOCHBOARD_URL; now %(default)s)")
    token = os.environ.get("EPOCHBOARD_TOKEN")
    command.add_argument("--token", default=token, help="sent as Bearer token (EPOCHBOARD_TOKEN)")
    return command


def add_group(commands: Any, name: str, text: str) -> Any:
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(metavar="COMMAND", required=True)


def add_up(commands: Any) -> None:
    up = add(commands, "up", "board.up:up", "Start the board on this machine, until Ctrl-C.")
    up.add_argument("--host", default="127.0.0.1", help="a loopback address (127.0.0.1)")
    up.add_argument("--port", type=whole_number(1, 65535), default=8000, help="port to listen on (8000)")
    up.add_argument("--data-dir", help="folder of database, datasets and runs (EPOCHBOARD_DATA_DIR)")
    up.add_argument("--workers", type=whole_number(1, 64), default=1, help="train workers, each with its slots (1)")
    up.add_argument(
        "--api-processes", type=whole_number(1, 64), help="processes behind the port (EPOCHBOARD_API_PROCESSES, else 1)"
    )
    up.add_argument("--no-open", action="store_true", help="don't open the page in a browser")


def add_launch(commands: Any) -> None:
    launch = add_client(commands, "launch", "commands.launch:launch", "Launch a run and print its id and address.")
    launch.add_argument("what", metavar="RECIPE|SPEC.json", help="a recipe's name, or a file with a spec")
    launch.add_argument(
        "--set", action="append", default=[], metavar="path=value", help="change the spec: --set epochs=3"
    )
    launch.add_argument("--name", help="the run's name")
    launch.add_argument("--watch", action="store_true", help="print its epochs; exit with 0 if it finished, else 1")


def add_runs(commands: Any) -> None:
    runs = add_group(
        commands, "runs", "List, show, stop, resume, delete, tag runs, download their files, predict with them."
    )
    listing = add_client(runs, "list", "commands.runs:list_runs", "List the newest runs.")
    listing.add_argument("--status", help="only those with this status")
    listing.add_argument("--limit", type=whole_number(1, 200), default=50, help="how many (50)")
    show = add_client(runs, "show", "commands.runs:show_run", "Show a run as JSON.")
    stop = add_client(runs, "stop", "commands.runs:stop_run", "Stop a run after its current epoch, which is kept.")
    stop.add_argument("--kill", action="store_true", help="stop it now; the current epoch is lost")
    resume = add_client(runs, "resume", "commands.runs:resume_run", "Resume an ended run after its last epoch.")
    resume.add_argument("--epochs", type=whole_number(1, 10_000), help="total number of epochs")
    delete = add_client(runs, "delete", "commands.runs:delete_run", "Delete a run that has ended, with its files.")
    download = add_client(runs, "download", "commands.runs:download", "Download a file of a run, or its report.html.")
    predict = add_client(runs, "predict", "commands.predict:predict", "Classify images with a run's best model.")
    for command in (show, stop, resume, delete, download, predict):
        command.add_argument("id", help="the run's id")
    download.add_argument("file", nargs="?", default="best.keras", help="name of the file (best.keras)")
    predict.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="image file, for example JPEG or PNG")
    download.add_argument("-o", "--output", help="path to write to (the file's name, in this folder)")
    add_change(runs)


def add_change(runs: Any) -> None:
    title = "Stop, delete, tag or untag runs, by ids or by filters."
    change = add_client(runs, "change", "commands.change_runs:change_runs", title)
    change.add_argument("do", choices=("stop", "delete", "tag", "untag"), help="what to do with each of them")
    change.add_argument("id", nargs="*", help="ids of runs, in place of filters")
    change.add_argument("--status", action="append", help="those with this status; repeat it for several")
    change.add_argument("--where", action="append", metavar="CONDITION", help="such as 'optimizer.learning_rate>=0.1'")
    change.add_argument("--study", help="those of this study, by its id")
    change.add_argument("--q", metavar="TEXT", help="those whose name, notes or a tag contain this")
    change.add_argument("--without", action="append", metavar="ID", help="leave out this one; repeat it for several")
    change.add_argument("--expected", type=int, metavar="N", help="change none unless the filters leave N runs")
    change.add_argument("--tag", help="the tag that `tag` adds and `untag` takes away")
    change.add_argument("--kill", action="store_true", help="stop them now; their current epochs are lost")


def add_studies(commands: Any) -> None:
    studies = add_group(commands, "studies", "List and launch studies: several runs from one request.")
    listing = add_client(studies, "list", "commands.studies:list_studies", "List the newest studies.")
    listing.add_argument("--limit", type=whole_number(1, 200), default=50, help="how many (50)")
    launch = add_client(studies, "launch", "commands.studies:launch_study", "Launch a study and print its address.")
    launch.add_argument("file", metavar="STUDY.json", help="the body of POST /api/studies")


def add_datasets(commands: Any) -> None:
    datasets = add_group(commands, "datasets", "List datasets, prepare built-in ones, add your own.")
    add_client(datasets, "list", "commands.datasets:list_datasets", "List datasets.")
    prepare = add_client(datasets, "prepare", "commands.datasets:prepare", "Download a built-in dataset.")
    prepare.add_argument("name", help="the dataset's name")
    add_images = add_client(
        datasets,
        "add",
        "commands.add_dataset:add_dataset",
        "Send a folder or zip of images, or files of a built-in dataset.",
    )
    add_images.add_argument(
        "name", help="the dataset's name, a new one or that of a built-in dataset; may be left out with --dry-run"
    )
    add_images.add_argument(
        "paths", metavar="FOLDER|ZIP|FILE", nargs="*", type=Path, help="images in one folder per class"
    )
    add_images.add_argument("--dry-run", action="store_true", help="say what would be added, and keep nothing")
    add_upload_options(add_images)


def add_upload_options(command: argparse.ArgumentParser) -> None:
    """Adds a flag for each option of an upload. The board checks their values, and names the allowed ones."""
    command.add_argument("--image-size", type=whole_number(8, 512), help="side in pixels (32)")
    command.add_argument("--fit", choices=["crop", "pad", "stretch"], help="how images become square (crop)")
    command.add_argument("--color", choices=["rgb", "grayscale"], help="color mode (rgb)")
    command.add_argument("--test-fraction", type=float, help="share of the images used as test split (0.2)")
    for option, metavar, text in (
        ("folder", "FOLDER:ROLE", "what a folder is used as: --folder valid:validation"),
        ("column", "COLUMN:ROLE", "what a column of the table is used as: --column species:class"),
    ):
        command.add_argument(f"--{option}", action="append", metavar=metavar, help=f"{text}; may be repeated")
    for option, text in (
        ("labels-from", "where the classes are read: folders, names or table"),
        ("class-levels", "which levels of folders name the class: all, last or first"),
        ("table", "the table with the classes, where there are several"),
        ("name-encoding", "the encoding of names that are not UTF-8"),
        ("contradictions", "a picture under two labels: leave_out, first or keep"),
        ("disagreements", "where table and folders disagree: folders, table or leave_out"),
        ("value-range", "the values of pictures with more than 8 bits: own or full"),
    ):
        command.add_argument(f"--{option}", metavar="VALUE", help=text)
    command.add_argument(
        "--no-keep-original", dest="keep_original", action="store_false", default=None, help="keep no copy of the zip"
    )


def add_weights(commands: Any) -> None:
    weights = add_group(commands, "weights", "List and add weights of backbones, in Keras' cache on this machine.")
    add(weights, "list", "commands.weights:list_weights", "List backbones, and whether their weights are here.")
    add_file = add(weights, "add", "commands.weights:add_weights", "Check a file of weights and copy it to its place.")
    add_file.add_argument("name", metavar="BACKBONE", help="a name of `epochboard weights list`")
    add_file.add_argument("file", metavar="FILE", type=Path, help="Keras' own file, downloaded elsewhere")


def add_migrate(commands: Any) -> None:
    migrate = add(commands, "migrate", "commands.migrate:migrate", "Migrate the database; `up` does so by itself.")
    migrate.add_argument("--data-dir", help="folder of a database in SQLite (EPOCHBOARD_DATA_DIR)")


def add_doctor(commands: Any) -> None:
    doctor = add_client(
        commands,
        "doctor",
        "commands.doctor:doctor",
        "Check what the board needs on this machine.",
    )
    doctor.add_argument("--data-dir", help="folder of database, datasets and runs (EPOCHBOARD_DATA_DIR)")


def whole_number(minimum: int, maximum: int) -> Any:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not minimum <= int(text[:9]) <= maximum:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {minimum} to {maximum}")
        return int(text)

    return parse


if __name__ == "__main__":
    sys.exit(main())
