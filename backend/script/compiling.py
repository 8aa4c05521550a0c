"""How the network is compiled: optimizer, learning rate, loss."""

from typing import Any

from backend.script.lift import lift
from backend.script.part import Given, Part
from backend.script.words import call, literal
from backend.spec import Optimizer, Schedule


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
    head = f"keras.optimizers.{optimizer.keras_class}"
    text = call(f"optimizer = {head}", arguments, indent=4)
    if given.spec.precision != "mixed_float16":
        return text
    return (
        f"{text}\n    optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # or small gradients would become 0"
    )


def _differing(optimizer: Optimizer) -> dict[str, Any]:
    """The arguments that are not Keras' own defaults, which are the spec's too."""
    fields = type(optimizer).model_fields
    arguments = {name: value for name, value in optimizer.keras_arguments().items() if name != "learning_rate"}
    return {name: value for name, value in arguments.items() if value != fields[name].default}


def _loss(given: Given) -> str:
    loss = given.spec.loss
    arguments = ", ".join(f"{name}={literal(value)}" for name, value in loss.keras_arguments().items() if value)
    return f"keras.losses.{loss.keras_class}({arguments})"


def _schedule_part(schedule: Schedule | None) -> Part:
    if schedule is None or (schedule.name == "constant" and not schedule.warmup_epochs):
        return Part()
    constants = [
        f"{_constant(name)} = {literal(value)}"
        for name, value in schedule.rate_arguments(0).items()
        if name != "epochs"
    ]
    imports = {"import math"} if schedule.name == "cosine" else set()
    file = f"backend/spec/schedules/{schedule.name}.py"
    return Part(imports, constants, [lift(file, schedule.rate.__name__)])


def rate_call(schedule: Schedule | None) -> str:
    """Returns the call that gives the learning rate of an epoch that counts from 0."""
    if schedule is None:
        return "LEARNING_RATE"
    settings = ", ".join(f"{name}={_constant(name)}" for name in schedule.rate_arguments(0))
    return f"{schedule.rate.__name__}(epoch + 1, LEARNING_RATE, {settings})"


def _constant(name: str) -> str:
    return name.upper() if name != "every" else "STEP_EPOCHS"
