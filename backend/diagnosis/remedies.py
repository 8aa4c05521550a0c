"""Next runs that more than one rule offers: each is one change of a spec, or None where it does not apply."""

from collections.abc import Iterable
from typing import Any

from backend.datasets.version_names import base_name
from backend.diagnosis.case import Case
from backend.diagnosis.changes import changed
from backend.diagnosis.finding import NextRun
from backend.planning import class_counts
from backend.spec import PresetPart, RunSpec
from backend.spec.part import MAX_EPOCHS

MAX_NEXT = 3
DIGIT_DATASETS = ("digits", "mnist")
SHIFTS = {"width_shift": 0.1, "height_shift": 0.1}
DROPOUT = 0.5
BLOCK_DROPOUT = 0.3
L2 = 0.0005
PATIENCE = 3


def offered(spec: RunSpec, candidates: Iterable[NextRun | None]) -> list[NextRun]:
    """Returns the first candidates that are valid changes of the spec, three at most."""
    valid = [next_run for next_run in candidates if next_run and _is_change(spec, next_run)]
    return valid[:MAX_NEXT]


def _is_change(spec: RunSpec, next_run: NextRun) -> bool:
    result = changed(spec, next_run.changes)
    return result is not None and result != spec


def augmentation(spec: RunSpec) -> NextRun | None:
    if spec.augmentation is not None:
        return None
    if base_name(spec.dataset.name) in DIGIT_DATASETS:
        return NextRun("Augmentation: shifts of 10 %", {"augmentation": SHIFTS})
    return NextRun("Augmentation: shifts of 10 %, mirrored", {"augmentation": {**SHIFTS, "horizontal_flip": True}})


def balanced_weights(case: Case) -> NextRun | None:
    suggestion = class_counts.balanced_weights(case.spec, case.class_images)
    return NextRun(suggestion.title, suggestion.changes) if suggestion else None


def dropout(spec: RunSpec) -> NextRun | None:
    """Adds dropout where a preset has none yet: before the dense layers, then after the blocks of a VGG."""
    options = preset_options(spec)
    if options.get("flatten_dropout") == 0:
        title = f"Dropout of {DROPOUT:g} before the dense layers"
        return NextRun(title, {"model.options.flatten_dropout": DROPOUT})
    if options.get("block_dropout") == 0:
        title = f"Dropout of {BLOCK_DROPOUT:g} after each block"
        return NextRun(title, {"model.options.block_dropout": BLOCK_DROPOUT})
    return None


def l2_penalty(spec: RunSpec) -> NextRun | None:
    if preset_options(spec).get("l2") != 0:
        return None
    return NextRun(f"L2 penalty of {L2:g}", {"model.options.l2": L2})


def early_stopping(spec: RunSpec) -> NextRun | None:
    if spec.callbacks.early_stopping is not None:
        return None
    callback = {"monitor": "val_loss", "patience": PATIENCE, "restore_best_weights": True}
    return NextRun(f"Early stopping after {PATIENCE} epochs", {"callbacks.early_stopping": callback})


def learning_rate(spec: RunSpec, factor: float) -> NextRun:
    rate = float(f"{spec.optimizer.learning_rate * factor:.2g}")
    return NextRun(f"Learning rate {rate:g}", {"optimizer.learning_rate": rate})


def epochs(spec: RunSpec, factor: int) -> NextRun:
    number = min(MAX_EPOCHS, spec.epochs * factor)
    return NextRun(f"{number} epochs", {"epochs": number})


def preset_options(spec: RunSpec) -> dict[str, Any]:
    """Returns the options of a preset; empty for a model that is written as layers."""
    return spec.model.options.model_dump() if isinstance(spec.model, PresetPart) else {}


def scaling(spec: RunSpec) -> NextRun | None:
    if spec.preprocessing.scaling != "none":
        return None
    return NextRun("Pixels scaled to 0 to 1", {"preprocessing.scaling": "unit"})


def gradient_clipping(spec: RunSpec) -> NextRun | None:
    if spec.optimizer.clipnorm is not None:
        return None
    return NextRun("Gradients clipped to a norm of 1", {"optimizer.clipnorm": 1.0})
