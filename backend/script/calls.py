"""The calls of a script whose arguments depend on its spec."""

from typing import Any

from backend.script.layout import call, literal
from backend.script.script_input import ScriptInput
from backend.script.shared import FLIPS, MOVES, flips, moves
from backend.spec import Augmentation, EarlyStopping, Optimizer, ReduceLr, Schedule


def optimizer_call(optimizer: Optimizer) -> str:
    arguments = [f"{name}={literal(value)}" for name, value in _differing(optimizer).items()]
    head = f"optimizer = keras.optimizers.{optimizer.keras_class}"
    return call(head, ["learning_rate=LEARNING_RATE", *arguments], indent=4)


def _differing(optimizer: Optimizer) -> dict[str, Any]:
    """Returns the arguments that are not Keras' own defaults, which are the spec's too."""
    fields = type(optimizer).model_fields
    arguments = {name: value for name, value in optimizer.keras_arguments().items() if name != "learning_rate"}
    return {name: value for name, value in arguments.items() if value != fields[name].default}


def compile_call(script: ScriptInput) -> str:
    loss = script.spec.loss
    loss_arguments = ", ".join(f"{name}={literal(value)}" for name, value in loss.keras_arguments().items() if value)
    arguments = [
        "optimizer=optimizer",
        f"loss=keras.losses.{loss.keras_class}({loss_arguments})",
        'metrics=["accuracy"]',
    ]
    if script.plan.steps_per_execution > 1 or script.spec.head_epochs():
        arguments.append("steps_per_execution=STEPS_PER_EXECUTION")
    return call("model.compile", arguments, indent=4)


def geometry_call(augmentation: Augmentation) -> str:
    """Returns the line that flips and moves the images and makes them float32, as far as the spec has them."""
    flip_arguments = [f"{name}=True" for name in FLIPS if getattr(augmentation, name)]
    if moves(augmentation):
        move_arguments = [f"{name}={name.upper()}" for name in MOVES if getattr(augmentation, name)]
        arguments = ["tf.cast(images, tf.float32)", "draws", *flip_arguments, *move_arguments, "fill_mode=FILL_MODE"]
        return call("images = transform", arguments, indent=4)
    if flips(augmentation):
        return f"    images = tf.cast(flip(images, draws, {', '.join(flip_arguments)}), tf.float32)"
    return "    images = tf.cast(images, tf.float32)"


def schedule_call(schedule: Schedule, share: str = "") -> str:
    """Returns the callback that sets each epoch's learning rate, as an item of a list. `share` is put before it."""
    epochs = "epochs=EPOCHS, " if "epochs" in schedule.rate_arguments(0) else ""
    rate = f"{share}{schedule.rate.__name__}(epoch + 1, LEARNING_RATE, {epochs}**SCHEDULE)"
    return call("keras.callbacks.LearningRateScheduler", [f"lambda epoch, _: {rate}"], indent=8, tail=",")


def early_stopping_call(early: EarlyStopping) -> str:
    arguments = [*monitored(early.monitor), f"patience={early.patience}"]
    arguments += [f"min_delta={literal(early.min_delta)}"] if early.min_delta else []
    arguments += ["restore_best_weights=True"] if early.restore_best_weights else []
    return call("early_stopping = EarlyStopping", arguments, indent=4)


def reduce_lr_call(plateau: ReduceLr) -> str:
    fields = type(plateau).model_fields
    values = {name: getattr(plateau, name) for name in ("factor", "patience", "min_delta", "min_lr")}
    arguments = [f"{name}={literal(value)}" for name, value in values.items() if value != fields[name].default]
    return call("reduce_lr = ReduceLROnPlateau", [*monitored(plateau.monitor), *arguments], indent=4)


def monitored(monitor: str) -> list[str]:
    return [f"monitor={literal(monitor)}", f"mode={literal('min' if monitor.endswith('loss') else 'max')}"]
