"""What one should know of a spec that can be trained: sentences that warn, each at its place in the spec."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.datasets.schemas import DatasetRead
from backend.network import Network
from backend.planning.estimate import Images, limits, sizes
from backend.planning.schemas import Notice
from backend.spec import FromTrain, RunSpec
from backend.workers import LEAST_GAIN, WorkerRead, gains

DIGITS = ("digits", "mnist")
LARGE_FOLDER = 10 * 2**30
FLOAT32 = 4
PARAMETERS_AN_IMAGE = 1_000


@dataclass(frozen=True)
class SpecContext:
    """A spec with all that is known around it."""

    spec: RunSpec
    dataset: DatasetRead
    network: Network
    images: Images | None
    workers: list[WorkerRead]


def warnings_for(case: SpecContext) -> list[Notice]:
    said = [*_dataset(case), *_training(case), *_callbacks(case), *_augmentation(case), *_machines(case)]
    return [Notice(loc=list(loc), msg=msg) for loc, msg in said]


Said = Iterator[tuple[tuple[str | int, ...], str]]


def _dataset(case: SpecContext) -> Said:
    status, name = case.dataset.status, case.dataset.name
    if status in ("missing", "failed"):
        yield ("dataset", "name"), f"{name} is not here yet; the run fetches it first"
    if status == "preparing":
        yield ("dataset", "name"), f"{name} is being prepared; the run waits for it"
    stored = sizes(case.dataset) or (None, None)
    for key, limit, there in zip(("train_limit", "test_limit"), limits(case.spec.dataset), stored, strict=True):
        if limit is not None and there is not None and limit > there:
            yield ("dataset", key), f"there are only {there:,} such images; all are taken"
    yield from _classes(case)


def _classes(case: SpecContext) -> Said:
    counts, spec = case.dataset.counts, case.spec.dataset
    if not counts:
        return
    from_train = isinstance(spec.validation, FromTrain)
    few = [n < 2 for n in counts["train"]] if from_train else [n < 1 for n in counts["test"]]
    names = [name for name, one in zip(case.dataset.classes or [], few, strict=True) if one]
    if names:
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        validating = "no images to validate on: each has fewer than two" if from_train else "no test images"
        yield ("dataset", "validation"), f"{', '.join(names[:3])}{more} have {validating}"


def _training(case: SpecContext) -> Said:
    spec, images = case.spec, case.images
    if images is not None and spec.batch_size > images.train:
        yield ("batch_size",), f"a batch is larger than the {images.train:,} images that train: an epoch is one step"
    normalized = any(layer.class_name == "BatchNormalization" for layer in case.network.layers)
    if spec.batch_size == 1 and normalized:
        yield ("batch_size",), "batch normalisation needs more than one image in a batch to learn from"
    if spec.preprocessing.scaling == "none" and case.network.layers[0].class_name != "BatchNormalization":
        yield ("preprocessing", "scaling"), "pixels from 0 to 255 make most networks learn badly: scale them"
    dropped = any("Dropout" in layer.class_name for layer in case.network.layers)
    if images is not None and not dropped and case.network.parameters > PARAMETERS_AN_IMAGE * images.train:
        share = case.network.parameters // images.train
        yield (
            ("model",),
            f"{share:,} parameters for each image can learn the images by heart: shrink it, or add dropout",
        )
    schedule = spec.optimizer.schedule
    if schedule is not None and schedule.warmup_epochs >= spec.epochs:
        yield ("optimizer", "schedule", "warmup_epochs"), f"the rate is still warming up after {spec.epochs} epochs"


def _callbacks(case: SpecContext) -> Said:
    callbacks, epochs = case.spec.callbacks, case.spec.epochs
    for key, given in (("early_stopping", callbacks.early_stopping), ("reduce_lr", callbacks.reduce_lr)):
        if given is not None and given.patience >= epochs:
            yield ("callbacks", key, "patience"), f"with {epochs} epochs it never takes effect: make it smaller"
    every = callbacks.checkpoint.every
    if every is None:
        return
    if every > epochs:
        yield ("callbacks", "checkpoint", "every"), f"with {epochs} epochs no extra model is kept"
    kept = epochs // every
    size = kept * case.network.parameters * FLOAT32
    if size > LARGE_FOLDER:
        yield ("callbacks", "checkpoint", "every"), f"{kept:,} models are kept, {size / 2**30:,.0f} GB in all"


def _augmentation(case: SpecContext) -> Said:
    given = case.spec.augmentation
    if given is None or case.dataset.name not in DIGITS:
        return
    if given.horizontal_flip:
        yield ("augmentation", "horizontal_flip"), "mirrored digits are no digits: leave this off"
    if given.vertical_flip:
        yield ("augmentation", "vertical_flip"), "digits upside down are other digits, or none: leave this off"
    if given.rotation > 60:
        yield ("augmentation", "rotation"), "far enough turned, a 6 is a 9: turn less"


def _machines(case: SpecContext) -> Said:
    spec, slots = case.spec, [slot for worker in case.workers if worker.state == "alive" for slot in worker.slots]
    if not slots:
        yield (), "no worker is alive: the run waits until one is"
    needed = case.network.memory_bytes(spec.batch_size, spec.precision)
    totals = [slot.memory_total for slot in slots if slot.memory_total]
    if totals and needed > max(totals):
        there = f"the largest worker has {max(totals) / 2**30:,.1f} GB"
        yield ("batch_size",), f"training takes about {needed / 2**30:,.1f} GB and {there}: take a smaller batch"
    found = gains(case.workers)
    if spec.precision != "float32" and found and found.get(spec.precision, 0.0) < LEAST_GAIN:
        yield ("precision",), f"no worker is faster with {spec.precision} than with float32"
