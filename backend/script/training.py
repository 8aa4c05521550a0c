"""How a script trains: `main`, what watches the epochs, and what begins with other weights."""

from urllib.parse import quote

from backend.planning.initial_weights import INITIAL
from backend.script.compiling import has_schedule, rate_call
from backend.script.lift import constant
from backend.script.part import Given, Part
from backend.script.words import assigned, call, literal
from backend.spec import FromTrain

MACHINE = "worker/training/machine.py"
KEEPS_COUNT = '''
class {name}(keras.callbacks.{name}):
    """Keras' own, which goes on counting: each epoch is a `fit` of its own."""

    def on_train_begin(self, logs=None):
        {begin}
'''.strip()
RESTORES = '''

    def on_train_end(self, logs=None):
        """The best weights come back after the last epoch."""
'''.rstrip()
TAKE_WEIGHTS = '''
def take_weights(model, path):
    """Begin with another model's weights, layer by layer; the last layer keeps its own where the classes are others."""
    source = keras.saving.load_model(path, compile=False)
    pairs = list(zip(with_weights(model), with_weights(source), strict=True))
    for own, other in pairs if model.output_shape == source.output_shape else pairs[:-1]:
        own.set_weights(other.get_weights())
'''.strip()
WITH_WEIGHTS = """
def with_weights(model):
    return [layer for layer in model.layers if layer.weights]
""".strip()
KEEP_EACH = [
    "def keep_each(epoch, _):",
    "    if (epoch + 1) % KEEP_EACH == 0:",
    '        model.save(f"epoch-{epoch + 1}.keras")',
]
SAVE_HISTORY = """
def save_history(epochs):
    with open("history.csv", "w", newline="") as file:
        table = csv.DictWriter(file, epochs[0])
        table.writeheader()
        table.writerows(epochs)
""".strip()


def training_part(given: Given) -> Part:
    spec = given.spec
    constants = [f"SEED = {spec.seed}", f"EPOCHS = {spec.epochs}", f"BATCH_SIZE = {spec.batch_size}"]
    if spec.callbacks.checkpoint.every is not None:
        constants.append(f"KEEP_EACH = {spec.callbacks.checkpoint.every}")
    fixed = [f"STEPS_PER_EXECUTION = {given.pace.steps}"] if given.pace.steps > 1 else []
    code = [*_begins(given), *_watchers(given), SAVE_HISTORY, _main(given)]
    if spec.init is not None:
        address = f"/api/runs/{quote(given.run_id, safe='')}/artifacts/{INITIAL}"
        constants.append(assigned("INITIAL_MODEL", INITIAL))
        constants.append(assigned("INITIAL_MODEL_ADDRESS", address))
    return Part({"import csv", "import keras", "import tensorflow as tf"}, constants, code, fixed)


def _begins(given: Given) -> list[str]:
    return [] if given.spec.init is None else [TAKE_WEIGHTS, WITH_WEIGHTS]


def _watchers(given: Given) -> list[str]:
    """Keras' own callbacks forget at the begin of each `fit`, and here each epoch has one."""
    asked, classes = given.spec.callbacks, []
    if asked.early_stopping is not None:
        begin = "if self.best is None:\n            super().on_train_begin(logs)"
        text = KEEPS_COUNT.format(name="EarlyStopping", begin=begin)
        classes.append(text + (RESTORES if asked.early_stopping.restore_best_weights else ""))
    if asked.reduce_lr is not None:
        begin = "if self.best is None:\n            super().on_train_begin(logs)"
        classes.append(KEEPS_COUNT.format(name="ReduceLROnPlateau", begin=begin))
    return classes


def _main(given: Given) -> str:
    lines = [*_machine(given), *_model(given), "", *_data(given), "", *_callbacks(given), "", *_epochs(given)]
    return "def main():\n" + "\n".join(f"    {line}" if line else "" for line in lines)


def _machine(given: Given) -> list[str]:
    lines = []
    if given.pace.small:
        for kind in ("intra", "inter"):
            threads = constant(MACHINE, f"SMALL_{kind.upper()}")
            lines.append(f"tf.config.threading.set_{kind}_op_parallelism_threads({threads})")
        lines[0] += "  # more would slow a small network down"
    lines += ["keras.utils.set_random_seed(SEED)", "tf.config.experimental.enable_op_determinism()"]
    if given.spec.precision != "float32":
        lines.append(f"keras.config.set_dtype_policy({literal(given.spec.precision)})")
    return lines


def _model(given: Given) -> list[str]:
    lines = ["", "model = build()", "compile_model(model)"]
    if given.spec.init is not None:
        lines.append("take_weights(model, INITIAL_MODEL)")
    return [*lines, "model.summary()"]


def _data(given: Given) -> list[str]:
    spec = given.spec
    held_back = isinstance(spec.dataset.validation, FromTrain)
    lines = ["(train_images, train_labels), (test_images, test_labels) = load()"]
    for split, limit in (("train", spec.dataset.train_limit), ("test", spec.dataset.test_limit)):
        if limit is not None:
            images, labels, most = f"{split}_images", f"{split}_labels", f"{split.upper()}_LIMIT"
            lines.append(f"{images}, {labels} = {images}[:{most}], {labels}[:{most}]")
    if held_back:
        lines.append("trained, held = hold_back(train_labels, VALIDATION_FRACTION, SEED)")
        lines.append("validation_images, validation_labels = train_images[held], train_labels[held]")
        lines.append("train_images, train_labels = train_images[trained], train_labels[trained]")
    return [*lines, *_weights_and_statistics(given), *_fed(given, held_back=held_back)]


def _weights_and_statistics(given: Given) -> list[str]:
    lines = []
    if given.spec.class_weights == "balanced":
        lines.append("weights = balanced_weights(len(CLASSES), train_labels)")
    elif given.spec.class_weights is not None:
        lines.append("weights = np.array([CLASS_WEIGHTS.get(name, 1.0) for name in CLASSES], np.float32)")
    if given.spec.preprocessing.scaling == "standard":
        lines.append("statistics = measure(train_images)")
    return lines


def _fed(given: Given, *, held_back: bool) -> list[str]:
    statistics = ", statistics" if given.spec.preprocessing.scaling == "standard" else ""
    weights = ", weights" if given.spec.class_weights is not None else ""
    split = "validation" if held_back else "test"
    lines = [
        f"data = TrainingData(train_images, train_labels{weights}{statistics})",
        f"validation = Validation(model, {split}_images, {split}_labels{statistics})",
    ]
    return [*lines, f"test = Validation(model, test_images, test_labels{statistics})"] if held_back else lines


def _callbacks(given: Given) -> list[str]:
    asked = given.spec.callbacks
    made = ["keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: logs.update(validation.scores()))"]
    if has_schedule(given):
        made.append(
            f"keras.callbacks.LearningRateScheduler(lambda epoch, _: {rate_call(given.spec.optimizer.schedule)})"
        )
    monitor = ", ".join(_monitored(asked.checkpoint.monitor))
    made.append(f'keras.callbacks.ModelCheckpoint("best.keras", {monitor}, save_best_only=True)')
    if asked.checkpoint.every is not None:
        made.append("keras.callbacks.LambdaCallback(on_epoch_end=keep_each)")
    names = {"early_stopping": asked.early_stopping, "reduce_lr": asked.reduce_lr}
    made += [name for name, value in names.items() if value is not None]
    if asked.terminate_on_nan:
        made.append("keras.callbacks.TerminateOnNaN()")
    return [*_made_before(given), "callbacks = [", *(f"    {one}," for one in made), "]"]


def _made_before(given: Given) -> list[str]:
    asked, lines = given.spec.callbacks, []
    if asked.checkpoint.every is not None:
        lines += [*KEEP_EACH, ""]
    if (early := asked.early_stopping) is not None:
        arguments = [*_monitored(early.monitor), f"patience={early.patience}"]
        arguments += [f"min_delta={literal(early.min_delta)}"] if early.min_delta else []
        arguments += ["restore_best_weights=True"] if early.restore_best_weights else []
        lines += _call("early_stopping = EarlyStopping", arguments)
    if (plateau := asked.reduce_lr) is not None:
        fields = type(plateau).model_fields
        values = {name: getattr(plateau, name) for name in ("factor", "patience", "min_delta", "min_lr")}
        differing = [f"{name}={literal(one)}" for name, one in values.items() if one != fields[name].default]
        lines += _call("reduce_lr = ReduceLROnPlateau", [*_monitored(plateau.monitor), *differing])
    return lines


def _call(head: str, arguments: list[str]) -> list[str]:
    """The lines of a call as they stand in `main`, without its indent."""
    return [line.removeprefix("    ") for line in call(head, arguments, indent=4).splitlines()]


def _monitored(monitor: str) -> list[str]:
    return [f"monitor={literal(monitor)}", f"mode={literal('min' if monitor.endswith('loss') else 'max')}"]


def _epochs(given: Given) -> list[str]:
    lines = [
        "epochs = []",
        "for epoch in range(1, EPOCHS + 1):",
        "    fitted = model.fit(",
        "        data.epoch(epoch), epochs=epoch, initial_epoch=epoch - 1, callbacks=callbacks, shuffle=False, "
        "verbose=2",
        "    )",
        '    epochs.append({"epoch": epoch, **{name: values[-1] for name, values in fitted.history.items()}})',
        "    if model.stop_training:",
        "        break",
        "save_history(epochs)",
    ]
    early = given.spec.callbacks.early_stopping
    if early is not None and early.restore_best_weights:
        lines += ["if early_stopping.best_weights is not None:", "    model.set_weights(early_stopping.best_weights)"]
    lines.append('model.save("final.keras")')
    if isinstance(given.spec.dataset.validation, FromTrain):
        lines += ['model.load_weights("best.keras")', 'print("The best model on the test images:", test.scores())']
    return lines
