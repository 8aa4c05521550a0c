"""A whole script: the sections that its spec needs, one after the other."""

import re
from dataclasses import replace

from backend.datasets.built_in import BUILT_IN
from backend.script.compiling import compiling_part
from backend.script.feeding import feeding_part, validation_part, weights_part
from backend.script.images import images_part
from backend.script.network import network_part
from backend.script.part import Given, Part, together
from backend.script.pixels import augmentation_part, scaling_part
from backend.script.training import training_part
from backend.script.words import escaped
from backend.spec import Augmentation

VERSIONS = re.compile(r"TensorFlow ([\w.]+), Keras ([\w.]+),")
PARTS = (
    *(images_part, scaling_part, augmentation_part, weights_part, feeding_part),
    *(validation_part, network_part, compiling_part, training_part),
)


def script(given: Given) -> str:
    """The text of `train.py`, laid out as ruff would."""
    given = _without_idle(given)
    whole = together(part(given) for part in PARTS)
    first = together(part(given) for part in (training_part, compiling_part, images_part)).constants
    constants = [*first, *(one for one in whole.constants if one not in first)]
    fixed = ["# Parts of how this program trains: other numbers give another training.", *whole.fixed]
    sections = [*whole.code, 'if __name__ == "__main__":\n    main()']
    top = "\n\n".join([_docstring(given), _imports(whole), "\n".join(constants), "\n".join(fixed)])
    return top + "\n\n\n" + "\n\n\n".join(sections) + "\n"


def _without_idle(given: Given) -> Given:
    """An augmentation that asks for nothing is none."""
    asked = given.spec.augmentation
    if asked is None or asked.model_dump(exclude={"fill_mode"}) != Augmentation().model_dump(exclude={"fill_mode"}):
        return given
    return replace(given, spec=given.spec.model_copy(update={"augmentation": None}))


def _imports(whole: Part) -> str:
    standard = ("import csv", "import math", "import os", "from types")
    ours = [sorted(one for one in whole.imports if one.startswith(standard) is std) for std in (True, False)]
    blocks = [
        [*(one for one in block if one.startswith("import")), *(one for one in block if one.startswith("from"))]
        for block in ours
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _docstring(given: Given) -> str:
    lines = [
        "Train what a run of Epochboard trained: plain Keras, to read, change and run anywhere.",
        "",
        f"Run {escaped(given.run_id)}, named {escaped(given.run_name)}",
        *_trained_on(given),
        "",
        f"    pip install {' '.join(_packages(given))}",
        "    python train.py",
        "",
        *_needs(given),
        "It leaves best.keras, final.keras and history.csv in the folder where it runs. With the same versions and",
        "threads, on the same kind of processor, its first epoch has the metrics of the run's.",
    ]
    return '"""' + "\n".join(lines) + '\n"""'


def _trained_on(given: Given) -> list[str]:
    if given.trained_on is None:
        return ["It has not been trained yet; afterwards its versions stand here."]
    return ["It was trained with", *(f"    {escaped(one.strip())}" for one in given.trained_on.split(";"))]


def _packages(given: Given) -> list[str]:
    found = VERSIONS.match(given.trained_on or "")
    packages = [f"keras=={found[2]}", f"tensorflow=={found[1]}"] if found else ["keras", "tensorflow"]
    return [*packages, "scikit-learn"] if given.spec.dataset.name == "digits" else packages


def _needs(given: Given) -> list[str]:
    lines = []
    name = given.spec.dataset.name
    if name not in BUILT_IN:
        lines += [
            "Its images come from the board: download DATA_ADDRESS from there into DATA_FILE, beside this script.",
        ]
    if given.spec.init is not None:
        lines += [
            "It begins with another run's model: download INITIAL_MODEL_ADDRESS into INITIAL_MODEL, beside this script."
        ]
    return [*lines, ""] if lines else []
