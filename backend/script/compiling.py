"""How the network is compiled: optimizer, learning rate, loss."""

from typing import Any

from backend.script.lift import Case, lift
from backend.script.part import Given, Part
from backend.script.words import call, literal
from backend.spec import Cosine, Exponential, Optimizer, Schedule, Step

CLASSES = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}


def compiling_part(given: Given) -> Part:
    optimizer = given.spec.optimizer
    constants = [f"LEARNING_RATE = {literal(optimizer.learning_rate)}"]
    body = call("model.compile", _arguments(given), indent=4)
    head = 'def compile_model(model):\n    """Give it its optimizer, its loss and its metric."""\n'
    text = f"{head}{_optimizer(given)}\n{body}"
    schedule = _schedule_part(optimizer.schedule)
    return Part({"import keras", *schedule.imports}, constants + schedule.constants, [text, *schedule.code])


def has_schedule(given: Given) -> bool:
    schedule = given.spec.optimizer.schedule
    return schedule is not None and (schedule.name != "constant" or schedule.warmup_epochs > 0)


def _arguments(given: Given) -> list[str]:
    arguments = ["optimizer=optimizer", f"loss={_loss(given)}", 'metrics=["accuracy"]']
    return [*arguments, "steps_per_execution=STEPS_PER_EXECUTION"] if given.pace.steps > 1 else arguments


def _optimizer(given: Given) -> str:
    optimizer = given.spec.optimizer
    arguments = ["learning_rate=LEARNING_RATE"]
    arguments += [f"{name}={literal(value)}" for name, value in _differing(optimizer).items()]
    head = f"keras.optimizers.{CLASSES[optimizer.name]}"
    text = call(f"optimizer = {head}", arguments, indent=4)
    if given.spec.precision != "mixed_float16":
        return text
    return (
        f"{text}\n    optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # or small gradients would become 0"
    )


def _differing(optimizer: Optimizer) -> dict[str, Any]:
    """The arguments that are not Keras' own defaults, which are the spec's too."""
    fields = type(optimizer).model_fields
    values = {name: getattr(optimizer, name) for name in fields if name not in ("name", "schedule", "learning_rate")}
    found = {name: value for name, value in values.items() if value != fields[name].default}
    if optimizer.name == "adamw" and optimizer.weight_decay is None:
        found["weight_decay"] = 0.0  # Keras' AdamW refuses None
    return found


def _loss(given: Given) -> str:
    loss = given.spec.loss
    if loss.name == "sparse_categorical_crossentropy":
        return "keras.losses.SparseCategoricalCrossentropy()"
    smoothing = f"label_smoothing={literal(loss.label_smoothing)}" if loss.label_smoothing else ""
    return f"keras.losses.CategoricalCrossentropy({smoothing})"


def _schedule_part(schedule: Schedule | None) -> Part:
    if schedule is None or (schedule.name == "constant" and not schedule.warmup_epochs):
        return Part()
    fields = [name for name in type(schedule).model_fields if name != "name" and getattr(schedule, name)]
    names = {name: name.upper() if name != "every" else "STEP_EPOCHS" for name in fields}
    constants = [f"{text} = {literal(getattr(schedule, name))}" for name, text in names.items()]
    replace = {f"schedule.{name}": text for name, text in names.items()}
    text = lift("backend/spec/schedules.py", "learning_rate", _schedule_case(schedule, replace))
    imports = {"import math"} if isinstance(schedule, Cosine) else set()
    return Part(imports, constants, [text])


def _schedule_case(schedule: Schedule, replace: dict[str, str]) -> Case:
    replace = {**replace, "base": "LEARNING_RATE", "epochs": "EPOCHS"}
    warm, constant = schedule.warmup_epochs, schedule.name == "constant"
    if not warm:
        replace["done = epoch - 1 - schedule.warmup_epochs"] = "done = epoch - 1"
        replace["epochs - 1 - schedule.warmup_epochs"] = "EPOCHS - 1"
    if constant:
        replace["done = epoch - 1 - schedule.warmup_epochs"] = ""
    replace["schedule.warmup_epochs and epoch <= schedule.warmup_epochs"] = "epoch <= WARMUP_EPOCHS"
    if isinstance(schedule, Cosine) and not schedule.alpha:
        replace["base * (schedule.alpha + (1 - schedule.alpha) * half)"] = "LEARNING_RATE * half"
    kinds = {"Step": Step, "Exponential": Exponential, "Cosine": Cosine}
    known: dict[str, Any] = {
        f"isinstance(schedule, {name})": isinstance(schedule, kind) for name, kind in kinds.items()
    }
    known["schedule"] = 1
    if not warm:
        known["schedule.warmup_epochs and epoch <= schedule.warmup_epochs"] = False
    return Case(replace, known, (), {"learning_rate": "epoch"})
