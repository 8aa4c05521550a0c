"""Warnings about a spec that can be trained: sentences, each at its place in the spec."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import DatasetRead
from backend.network import Network
from backend.phrases import in_bytes
from backend.planning.class_counts import rare_class_notices
from backend.planning.costs.precision import (
    AUTO,
    FAST,
    FULL,
    layer_with_coarse_biases,
    why_coarse,
    with_expected_precision,
)
from backend.planning.image_counts import Images, limits, sizes
from backend.planning.image_memory import are_held, image_bytes
from backend.planning.schemas import Notice
from backend.spec import BackbonePart, FromTrain, RunSpec, Step
from backend.workers import MIN_GAIN, Slot, WorkerRead, cached_datasets, gains, has_gpu, other_load

DIGIT_DATASETS = ("digits", "mnist")
LARGE_FOLDER_BYTES = 10 * 2**30
PREDICTION_BYTES = 6  # of an image in each epoch: two classes, and their confidences in float16
FLOAT32_BYTES = 4
MAX_PARAMETERS_PER_IMAGE = 1_000  # more memorise the training images even in a few epochs
MAX_DIGIT_ROTATION = 60  # degrees; beyond, a 6 and a 9 look alike
NAMED_CLASSES = 3
LEAST_BACKBONE_SIDE = 32  # pixels; the smallest input of a backbone, and of the recipes for photos
KINDS = ("cpu", "gpu")
LEAST_LOAD = 1.0  # other processes for each processor, from which on the load is worth a warning


@dataclass(frozen=True)
class SpecContext:
    """A spec with its dataset, its network and the workers that may train it."""

    spec: RunSpec
    dataset: DatasetRead
    network: Network
    images: Images | None
    workers: list[WorkerRead]


Warnings = Iterator[tuple[tuple[str | int, ...], str]]


def warnings_for(context: SpecContext) -> list[Notice]:
    checks = (_dataset, _classes, _backbone, _training, _schedule, _callbacks, _augmentation, _workers)
    notices = [Notice(loc=list(loc), msg=msg) for check in checks for loc, msg in check(context)]
    return [*notices, *rare_class_notices(context.spec, context.dataset)]


def _dataset(context: SpecContext) -> Warnings:
    status, name = context.dataset.status, context.dataset.name
    title = BUILT_IN[name].title if name in BUILT_IN else name
    if status in ("missing", "failed") and name in cached_datasets(context.workers):
        yield ("dataset", "name"), f"{title} is in Keras' cache and not unpacked yet; the run unpacks it first"
    elif status in ("missing", "failed"):
        yield ("dataset", "name"), f"{title} is not downloaded yet; the run downloads {_download(name)} first"
    if status == "preparing":
        yield ("dataset", "name"), f"{title} is being prepared; the run waits for it"
    stored = sizes(context.dataset) or (None, None)
    for key, limit, size in zip(("train_limit", "test_limit"), limits(context.spec.dataset), stored, strict=True):
        if limit is not None and size is not None and limit > size:
            yield ("dataset", key), f"there are only {size:,} such images; all are used"


def _download(name: str) -> str:
    size = BUILT_IN[name].download_bytes if name in BUILT_IN else None
    return in_bytes(size) if size else "it"


def _classes(context: SpecContext) -> Warnings:
    counts, validation = context.dataset.counts, context.spec.dataset.validation
    if not counts:
        return
    if names := _classes_below(1, context, counts["train"]):
        yield ("dataset", "name"), f"{names} no training images: a model can't learn what it never sees"
    if isinstance(validation, FromTrain):
        if names := _classes_below(2, context, counts["train"]):
            yield ("dataset", "validation"), f"{names} no images to validate on: fewer than two are in train"
    elif names := _classes_below(1, context, counts.get(validation.from_, [])):
        yield ("dataset", "validation"), f"{names} no {validation.from_} images"


def _classes_below(least: int, context: SpecContext, counts: Sequence[int]) -> str:
    """Returns the classes with fewer than so many images and "has" or "have"; an empty text if there are none."""
    names = [name for name, count in zip(context.dataset.classes or [], counts, strict=False) if count < least]
    more = f" and {len(names) - NAMED_CLASSES:,} more" if len(names) > NAMED_CLASSES else ""
    return f"{', '.join(names[:NAMED_CLASSES])}{more} {'has' if len(names) == 1 else 'have'}" if names else ""


def _backbone(context: SpecContext) -> Warnings:
    side = min((context.dataset.image_shape or [LEAST_BACKBONE_SIDE])[:2])
    if isinstance(context.spec.model, BackbonePart) and side < LEAST_BACKBONE_SIDE:
        message = (
            f"the images have {side} × {side} pixels, fewer than {LEAST_BACKBONE_SIDE}: a backbone finds little in "
        )
        yield ("model", "backbone"), f"{message}them of what it learnt from photos; compare a network from scratch"


def _training(context: SpecContext) -> Warnings:
    spec, images, layers = context.spec, context.images, context.network.layers
    size = spec.epochs * images.validation * PREDICTION_BYTES if images is not None else 0
    if size > LARGE_FOLDER_BYTES:
        yield ("epochs",), f"the predictions of {spec.epochs:,} epochs take {_gb(size)} on disk"
    if images is not None and spec.batch_size > images.train:
        yield ("batch_size",), f"a batch is larger than the {images.train:,} training images: an epoch is one step"
    if spec.batch_size == 1 and any(layer.class_name == "BatchNormalization" for layer in layers):
        yield ("batch_size",), "batch normalization needs more than one image in a batch to learn from"
    if spec.preprocessing.scaling == "none" and layers[0].class_name != "BatchNormalization":
        yield ("preprocessing", "scaling"), "pixels from 0 to 255 make most networks learn badly; scale them"
    has_dropout = any("Dropout" in layer.class_name for layer in layers)
    if images is not None and not has_dropout:
        per_image = context.network.parameters // images.train
        if context.network.parameters > MAX_PARAMETERS_PER_IMAGE * images.train:
            message = (
                f"{per_image:,} parameters for each training image can overfit; use a smaller model or add dropout"
            )
            yield ("model",), message


def _schedule(context: SpecContext) -> Warnings:
    schedule, epochs = context.spec.optimizer.schedule, context.spec.epochs
    if schedule is None:
        return
    if schedule.warmup_epochs >= epochs:
        text = f"the learning rate is still warming up after {epochs} epochs"
        yield ("optimizer", "schedule", "warmup_epochs"), text
    elif isinstance(schedule, Step) and schedule.warmup_epochs + schedule.every >= epochs:
        yield ("optimizer", "schedule", "every"), f"with {epochs} epochs the learning rate never steps; make it smaller"


def _callbacks(context: SpecContext) -> Warnings:
    callbacks, epochs = context.spec.callbacks, context.spec.epochs
    for key, callback in (("early_stopping", callbacks.early_stopping), ("reduce_lr", callbacks.reduce_lr)):
        if callback is not None and callback.patience >= epochs:
            yield ("callbacks", key, "patience"), f"with {epochs} epochs it never takes effect; make it smaller"
    every = callbacks.checkpoint.every
    if every is None:
        return
    if every > epochs:
        yield ("callbacks", "checkpoint", "every"), f"with {epochs} epochs no extra model is saved"
    models = epochs // every
    size = models * context.network.parameters * FLOAT32_BYTES
    if size > LARGE_FOLDER_BYTES:
        yield ("callbacks", "checkpoint", "every"), f"{models:,} models are saved, {size / 2**30:,.0f} GB in total"


def _augmentation(context: SpecContext) -> Warnings:
    augmentation = context.spec.augmentation
    if augmentation is None or context.dataset.base not in DIGIT_DATASETS:
        return
    if augmentation.horizontal_flip:
        yield ("augmentation", "horizontal_flip"), "mirrored digits are not digits; leave this off"
    if augmentation.vertical_flip:
        yield ("augmentation", "vertical_flip"), "digits upside down are other digits, or none; leave this off"
    if augmentation.rotation > MAX_DIGIT_ROTATION:
        yield ("augmentation", "rotation"), "rotated far enough, a 6 becomes a 9; rotate less"


def _workers(context: SpecContext) -> Warnings:
    spec = context.spec
    slots = [slot for worker in context.workers if worker.state == "alive" for slot in worker.slots]
    if not slots:
        yield (), "no worker is connected; the run stays queued until one is"
    if (load := other_load(context.workers)) >= LEAST_LOAD:
        text = (
            f"the worker's machine is busy: {load:.0f} other processes want each of its processors, so the run may take"
        )
        yield (), f"{text} up to {1 + load:.0f} times as long as on a quiet one"
    yield from _memory(context, slots)
    gain = gains(context.workers)
    if spec.precision not in (AUTO, FULL) and gain and gain.get(spec.precision, 0.0) < MIN_GAIN:
        yield ("precision",), f"no worker is faster with {spec.precision} than with float32"
    layer = layer_with_coarse_biases(context.network)
    if spec.precision == FAST and slots and not has_gpu(context.workers) and layer is not None:
        yield ("precision",), f"{why_coarse(layer)}; float32 does not"


def _memory(context: SpecContext, slots: list[Slot]) -> Warnings:
    """Images are held in the memory of the machine, which only the slot of a CPU reports."""
    totals = {kind: max((slot.memory_total or 0 for slot in slots if slot.kind == kind), default=0) for kind in KINDS}
    images, machine = _image_bytes(context), totals["cpu"]
    held = images if are_held(images, machine) else 0
    if machine and not held and images:
        text = f"the training images take {_gb(images)} and the largest worker has {_gb(machine)}: they are read from"
        yield ("dataset", "train_limit"), f"{text} disk, which can slow an epoch down; train_limit takes fewer"
    spec = with_expected_precision(context.spec, context.network, context.workers)
    needed = context.network.memory_bytes(spec.batch_size, spec.precision)
    if any(totals.values()) and needed > totals["gpu"] and needed + held > machine:
        largest = max(totals.values())
        text = f"training takes about {_gb(needed + held)} and the largest worker has {_gb(largest)}"
        yield ("batch_size",), f"{text}; use a smaller batch size"


def _image_bytes(context: SpecContext) -> int:
    return image_bytes(context.images.train, context.dataset.image_shape or []) if context.images else 0


def _gb(bytes_: int) -> str:
    return f"{bytes_ / 2**30:,.1f} GB"
