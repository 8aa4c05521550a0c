"""Which functions of the trainer a spec needs."""

from collections.abc import Iterator

from backend.network import Network
from backend.script.script_input import ScriptInput
from backend.script.source import Source, take
from backend.spec import Augmentation, BackbonePart, FromTrain, Optimizer, RunSpec
from backend.spec.backbones import KerasApplication

PORTABLE = "worker.training.portable"
MOVES = ("zoom", "width_shift", "height_shift", "rotation")
FLIPS = ("horizontal_flip", "vertical_flip")


def shared_functions(script_input: ScriptInput) -> Source:
    source = Source()
    for module, names in _needed(script_input.spec, script_input.network):
        source.add(take(module, names))
    return source


def _needed(spec: RunSpec, network: Network) -> Iterator[tuple[str, list[str]]]:
    """Yields modules, each with the functions that are needed of it."""
    if spec.dataset.name == "digits":
        yield "worker.datasets.built_in.digits", ["digits"]
    if isinstance(spec.dataset.validation, FromTrain):
        yield "backend.datasets.splits", ["hold_back"]
    yield f"{PORTABLE}.scaling", scaling_functions(spec)
    if isinstance(spec.model, BackbonePart):
        yield from _of_backbone(spec, spec.model)
    if spec.augmentation is not None:
        yield f"{PORTABLE}.augmentation", augmentation_functions(spec.augmentation)
    if spec.class_weights == "balanced":
        yield f"{PORTABLE}.class_weights", ["balanced_weights"]
    yield f"{PORTABLE}.batches", ["epoch_batches"]
    yield f"{PORTABLE}.validation", ["Validation", "macro_f1"] if monitors_f1(spec) else ["Validation"]
    if spec.init is not None:
        yield f"{PORTABLE}.initial_weights", ["matching_layers"]
    if has_batch_normalization(network):
        yield f"{PORTABLE}.fused_batch_norm", ["fuse_batch_normalization"]
    yield from _of_optimizer(spec.optimizer)


def _of_optimizer(optimizer: Optimizer) -> Iterator[tuple[str, list[str]]]:
    if optimizer.is_fused:
        yield f"{PORTABLE}.fused_adam", ["fuse_adam"]
    if (schedule := optimizer.schedule) is not None:
        yield schedule.rate.__module__, [schedule.rate.__name__]


def _of_backbone(spec: RunSpec, model: BackbonePart) -> Iterator[tuple[str, list[str]]]:
    if spec.init is None:
        if model.package is not None:
            yield "backend.planning.backbone_weights", ["package_file"]
        module = "keras_applications" if isinstance(model, KerasApplication) else model.backbone
        yield f"{PORTABLE}.{module}", ["read_weights", "set_weights"]
    if spec.head_epochs():
        yield f"{PORTABLE}.backbone", ["feature_pass", "all_features", "head_of"]


def scaling_functions(spec: RunSpec) -> list[str]:
    scale = f"scale_{spec.preprocessing.scaling}"
    if spec.head_epochs() and spec.preprocessing.scaling != "none":
        return [scale, "scale_none"]
    return [scale, "pixel_statistics"] if spec.preprocessing.scaling == "standard" else [scale]


def augmentation_functions(augmentation: Augmentation) -> list[str]:
    needed = {
        "transform": moves(augmentation),
        "flip": flips(augmentation) and not moves(augmentation),
        "change_brightness": augmentation.brightness,
        "change_contrast": augmentation.contrast,
        "clip": augmentation.brightness or augmentation.contrast,
        "cut_out": augmentation.cutout,
    }
    return ["augmentation_seed", "image_seeds", "draw", *(name for name, value in needed.items() if value)]


def moves(augmentation: Augmentation) -> bool:
    return any(getattr(augmentation, name) for name in MOVES)


def flips(augmentation: Augmentation) -> bool:
    return any(getattr(augmentation, name) for name in FLIPS)


def has_batch_normalization(network: Network) -> bool:
    return any(layer.class_name == "BatchNormalization" for layer in network.layers)


def monitors_f1(spec: RunSpec) -> bool:
    callbacks = (spec.callbacks.checkpoint, spec.callbacks.early_stopping, spec.callbacks.reduce_lr)
    return any(callback is not None and callback.monitor == "val_macro_f1" for callback in callbacks)
