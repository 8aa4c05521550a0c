"""Renders a script from its template: the parts that its spec needs, laid out as ruff formats them."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.datasets.built_in import BUILT_IN
from backend.planning.costs.precision import undecided_as_full
from backend.planning.execution_plan import SMALL_INTER_THREADS, SMALL_INTRA_THREADS, for_head
from backend.script import calls
from backend.script.constants import constants
from backend.script.layout import escaped, literal
from backend.script.loading import load_function, loaded_splits
from backend.script.network import build_function
from backend.script.script_input import ScriptInput
from backend.script.shared import has_batch_normalization, monitors_f1, shared_functions
from backend.script.source import Source
from backend.spec import Augmentation, BackbonePart, FromTrain, RunSpec

if TYPE_CHECKING:
    from jinja2 import Template

VERSIONS = re.compile(r"TensorFlow ([\w.]+), Keras ([\w.]+),")
TEMPLATE_IMPORTS = {
    "import csv",
    "import keras",
    "import numpy as np",
    "import tensorflow as tf",
    "from keras import layers",
}


def script(script_input: ScriptInput) -> str:
    """Returns the text of `train.py`."""
    script_input = replace(script_input, spec=undecided_as_full(_without_idle_augmentation(script_input.spec)))
    source = shared_functions(script_input)
    text = _template().render(
        **vars(script_input),
        **_choices(script_input),
        **_calls(script_input),
        imports=_imports(source.imports | TEMPLATE_IMPORTS),
        constants=constants(script_input),
        fixed_constants=_fixed_constants(script_input, source),
        functions=source.functions,
    )
    return text.rstrip("\n") + "\n"


@cache
def _template() -> "Template":
    """Jinja2 is imported with the first script, since it takes 2 MB of a service that may never write one."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(),  # escapes HTML only; the filters below escape Python
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"literal": literal, "escaped": escaped}
    return environment.get_template("train.py.jinja")


def _without_idle_augmentation(spec: RunSpec) -> RunSpec:
    """Drops an augmentation that asks for nothing."""
    idle = Augmentation().model_dump(exclude={"fill_mode"})
    if spec.augmentation is None or spec.augmentation.model_dump(exclude={"fill_mode"}) != idle:
        return spec
    return spec.model_copy(update={"augmentation": None})


def _choices(script_input: ScriptInput) -> dict[str, Any]:
    spec = script_input.spec
    return {
        "augmentation": spec.augmentation,
        "backbone": spec.model if isinstance(spec.model, BackbonePart) else None,
        "early_stopping": spec.callbacks.early_stopping,
        "f1": monitors_f1(spec),
        "fine_tunes": spec.head_epochs() < spec.epochs,
        "has_batch_normalization": has_batch_normalization(script_input.network),
        "head_epochs": spec.head_epochs(),
        "held_back": isinstance(spec.dataset.validation, FromTrain),
        "is_test_unseen": spec.dataset.validation.leaves_test_unseen,
        "inter_threads": SMALL_INTER_THREADS,
        "intra_threads": SMALL_INTRA_THREADS,
        "one_hot": spec.loss.one_hot,
        "packages": _packages(script_input),
        "reduce_lr": spec.callbacks.reduce_lr,
        "loaded": ", ".join(f"({split}_images, {split}_labels)" for split in loaded_splits(spec)),
        "scale": "scale" if spec.preprocessing.scaling == "standard" else f"scale_{spec.preprocessing.scaling}",
        "uploaded": spec.dataset.name not in BUILT_IN,
        "weighted": spec.class_weights is not None,
    }


def _calls(script_input: ScriptInput) -> dict[str, Any]:
    """Returns the parts of the script that Python writes, since their lines depend on their lengths."""
    spec = script_input.spec
    early, plateau = spec.callbacks.early_stopping, spec.callbacks.reduce_lr
    augmentation, schedule = spec.augmentation, spec.optimizer.schedule
    return {
        "compile": calls.compile_call(script_input),
        "geometry": calls.geometry_call(augmentation) if augmentation else "",
        "load": load_function(spec.dataset.name, loaded_splits(spec)),
        "make_early_stopping": calls.early_stopping_call(early) if early else "",
        "make_reduce_lr": calls.reduce_lr_call(plateau) if plateau else "",
        "monitored": calls.monitored,
        "build": build_function(script_input),
        "follow_schedule": calls.schedule_call(schedule) if schedule else "",
        "follow_schedule_slowly": calls.schedule_call(schedule, "FINE_TUNING_RATE * ") if schedule else "",
        "optimizer": calls.optimizer_call(spec.optimizer),
    }


def _fixed_constants(script_input: ScriptInput, source: Source) -> list[str]:
    plan = for_head(script_input.plan) if script_input.spec.head_epochs() else script_input.plan
    steps = [f"STEPS_PER_EXECUTION = {plan.steps_per_execution}"] if plan.steps_per_execution > 1 else []
    return [*source.constants, f"IMAGES_PER_PASS = {plan.images_per_pass}", *steps]


def _imports(statements: Iterable[str]) -> str:
    """Sorts import statements as isort does: the standard library first, `import` before `from`."""
    blocks: dict[bool, list[str]] = {True: [], False: []}
    for statement in sorted(statements, key=lambda statement: (statement.startswith("from"), statement)):
        blocks[statement.split()[1].partition(".")[0] in sys.stdlib_module_names].append(statement)
    return "\n\n".join("\n".join(block) for block in blocks.values() if block)


def _packages(script_input: ScriptInput) -> list[str]:
    versions = VERSIONS.match(script_input.machine or "")
    packages = [f"keras=={versions[2]}", f"tensorflow=={versions[1]}"] if versions else ["keras", "tensorflow"]
    if script_input.spec.dataset.name == "digits":
        packages.append("scikit-learn")
    model = script_input.spec.model
    return [*packages, model.package] if isinstance(model, BackbonePart) and model.package else packages
