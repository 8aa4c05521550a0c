"""`epochboard weights`: lists and adds the weights of backbones on this machine, for one without a network."""

import shutil
from argparse import Namespace
from functools import partial
from pathlib import Path

from backend.files import hash_name, hash_of, save_file
from backend.phrases import in_short, listed
from backend.planning.backbone_weights import weights_file
from backend.spec.backbones import BACKBONES, BackbonePart, KerasApplication
from standalone.commands.table import table
from standalone.errors import CommandError


def list_weights(_options: Namespace) -> int:
    header = ["backbone", "weights", "size", "license", "file"]
    print(table(header, [row(name, backbone) for name, backbone in BACKBONES]))
    return 0


def row(name: str, backbone: type[BackbonePart]) -> list[str]:
    path = weights_file(backbone)
    status = "here" if path is not None and path.is_file() else "missing"
    return [name, status, f"{backbone.bytes / 1e6:.0f} MB", backbone.license, str(path or backbone.file)]


def add_weights(options: Namespace) -> int:
    """Copies a file into Keras' cache, after its hash was compared."""
    backbone = keras_application(options.name)
    check_hash(options.file, backbone)
    path = weights_file(backbone) or Path(backbone.file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(path, partial(shutil.copyfile, options.file))
    except OSError as error:
        raise CommandError(f"{path} can't be written ({in_short(error)}); KERAS_HOME sets its folder") from error
    print(f"{backbone.title} has its weights: {path}")
    return 0


def keras_application(name: str) -> type[KerasApplication]:
    backbones = {key: part for key, part in BACKBONES if issubclass(part, KerasApplication)}
    if name not in backbones:
        raise CommandError(f"there are no weights to add for {name!r}; give one of {listed(backbones)}", code=2)
    return backbones[name]


def check_hash(file: Path, backbone: type[KerasApplication]) -> None:
    name = hash_name(backbone.digest)
    try:
        digest = hash_of(file, name)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {in_short(error)}") from error
    if digest != backbone.digest:
        raise CommandError(
            f"{file} has the {name} {digest}, expected is {backbone.digest}: download {backbone.address()} again"
        )
