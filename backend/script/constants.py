"""The constants at the top of a script, which its reader may change."""

from collections.abc import Iterator
from urllib.parse import quote

from backend.datasets.built_in import BUILT_IN
from backend.planning.backbone_weights import package_name
from backend.planning.initial_weights import INITIAL
from backend.script.layout import assigned, literal, rows
from backend.script.loading import dataset_address
from backend.script.script_input import ScriptInput
from backend.script.shared import MOVES, moves
from backend.spec import Augmentation, BackbonePart, FromTrain, RunSpec, Schedule
from backend.spec.backbones import KerasApplication
from backend.spec.backbones.phases import FINE_TUNING_RATE, VARIANTS


def constants(script: ScriptInput) -> list[str]:
    spec = script.spec
    return [
        *_training(spec),
        *_phases(spec),
        *_initial_model(script),
        *_weights(spec),
        f"LEARNING_RATE = {literal(spec.optimizer.learning_rate)}",
        *_schedule(spec.optimizer.schedule),
        rows("CLASSES = ", [literal(name) for name in script.classes], "[]"),
        *_dataset(spec),
        *_augmentation(spec.augmentation),
        *_class_weights(spec),
    ]


def _training(spec: RunSpec) -> Iterator[str]:
    yield f"SEED = {spec.seed}"
    yield f"EPOCHS = {spec.epochs}"
    yield f"BATCH_SIZE = {spec.batch_size}"
    if spec.callbacks.checkpoint.every is not None:
        yield f"SAVE_EVERY = {spec.callbacks.checkpoint.every}"


def _phases(spec: RunSpec) -> Iterator[str]:
    head_epochs = spec.head_epochs()
    if head_epochs:
        yield f"HEAD_EPOCHS = {head_epochs if head_epochs < spec.epochs else 'EPOCHS'}"
        if spec.augmentation is not None:
            yield f"VARIANTS = {VARIANTS}"
    if isinstance(spec.model, BackbonePart) and head_epochs < spec.epochs:
        yield f"FINE_TUNING_RATE = {FINE_TUNING_RATE}"


def _initial_model(script: ScriptInput) -> Iterator[str]:
    if script.spec.init is not None:
        yield assigned("INITIAL_MODEL", INITIAL)
        yield assigned("INITIAL_MODEL_ADDRESS", f"/api/runs/{quote(script.run_id, safe='')}/artifacts/{INITIAL}")


def _weights(spec: RunSpec) -> Iterator[str]:
    model = spec.model
    if not isinstance(model, BackbonePart) or spec.init is not None:
        return
    if isinstance(model, KerasApplication):
        yield assigned("WEIGHTS_ADDRESS", model.address())
        yield assigned("WEIGHTS_HASH", model.digest)
    else:
        yield assigned("WEIGHTS_PACKAGE", package_name(model))
    yield assigned("WEIGHTS_FILE", model.file)


def _schedule(schedule: Schedule | None) -> Iterator[str]:
    """Yields the schedule's own settings; it gets the number of epochs beside them."""
    if schedule is not None:
        settings = schedule.rate_arguments(0)
        items = [f"{literal(name)}: {literal(value)}" for name, value in settings.items() if name != "epochs"]
        yield rows("SCHEDULE = ", items, "{}")


def _dataset(spec: RunSpec) -> Iterator[str]:
    dataset = spec.dataset
    if dataset.name not in BUILT_IN:
        yield 'DATA_FILE = "arrays.npz"'  # our own name, whatever the dataset is called
        yield assigned("DATA_ADDRESS", dataset_address(dataset.name))
    if dataset.train_limit is not None:
        yield f"TRAIN_LIMIT = {dataset.train_limit}"
    if dataset.test_limit is not None:
        yield f"TEST_LIMIT = {dataset.test_limit}"
    if isinstance(dataset.validation, FromTrain):
        yield f"VALIDATION_FRACTION = {literal(dataset.validation.fraction)}"


def _augmentation(augmentation: Augmentation | None) -> Iterator[str]:
    if augmentation is None:
        return
    for name in (*MOVES, "brightness", "contrast", "cutout"):
        if value := getattr(augmentation, name):
            yield f"{name.upper()} = {literal(value)}"
    if moves(augmentation):
        yield f"FILL_MODE = {literal(augmentation.fill_mode)}"


def _class_weights(spec: RunSpec) -> Iterator[str]:
    if isinstance(spec.class_weights, dict):
        items = [f"{literal(name)}: {literal(weight)}" for name, weight in spec.class_weights.items()]
        yield rows("CLASS_WEIGHTS = ", items, "{}")
