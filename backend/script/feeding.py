"""How batches are made and a model is scored: the trainer's own classes, made for one spec."""

from backend.script.lift import Case, lift, lift_constant
from backend.script.part import Given, Part
from backend.script.words import literal, rows

DATA = "worker/training/data.py"
VALIDATION = "worker/training/validation.py"
WEIGHTS = "worker/training/class_weights.py"
SCORES = "return Scores(float(loss), float(accuracy), f1, probabilities)"


def feeding_part(given: Given) -> Part:
    spec = given.spec
    fixed = [lift_constant(DATA, name) for name in ("PREFETCHED_BATCHES", "MOST_BATCHES_AT_ONCE")]
    if spec.augmentation is not None:
        fixed.append(lift_constant(DATA, "SEEDS"))
    code = [lift(DATA, "TrainingData", _training(given)), lift(DATA, "fixed", Case())]
    return Part({"import os", "import numpy as np", "import tensorflow as tf"}, [], code, fixed)


def weights_part(given: Given) -> Part:
    weights = given.spec.class_weights
    if weights is None:
        return Part()
    if weights == "balanced":
        return Part(code=[lift(WEIGHTS, "_balanced").replace("def balanced", "def balanced_weights", 1)])
    items = [f"{literal(name)}: {literal(weight)}" for name, weight in weights.items()]
    return Part(constants=[rows("CLASS_WEIGHTS = ", items, "{}")])


def validation_part(given: Given) -> Part:
    code = [lift(VALIDATION, "Validation", _validation(given))]
    if watches_f1(given):
        code.append(lift(VALIDATION, "macro_f1"))
    fixed = [f"FORWARD_IMAGES = {given.pace.forward_images}"]
    return Part({"import numpy as np", "import tensorflow as tf"}, [], code, fixed)


def watches_f1(given: Given) -> bool:
    asked = given.spec.callbacks
    watchers = (asked.checkpoint, asked.early_stopping, asked.reduce_lr)
    return any(one is not None and one.monitor == "val_macro_f1" for one in watchers)


def _scaled(given: Given, images: str) -> str:
    standard = given.spec.preprocessing.scaling == "standard"
    return f"scale({images}, *self.statistics)" if standard else f"scale({images})"


def _keeps_statistics(given: Given) -> str:
    return "self.statistics = statistics" if given.spec.preprocessing.scaling == "standard" else ""


def _one_hot(given: Given, labels: str) -> str:
    return f"tf.one_hot({labels}, len(CLASSES))" if given.spec.loss.name.startswith("categorical") else labels


def _training(given: Given) -> Case:
    spec = given.spec
    weighted = spec.class_weights is not None
    varied = spec.augmentation is not None
    extra = [*(["weights"] if weighted else []), *(["statistics"] if _keeps_statistics(given) else [])]
    replace = {
        "part, weights = (material.parts.train, material.weights)": "",
        "self._spec = spec": "",
        "self._scaling = material.scaling": _keeps_statistics(given),
        "self._classes = len(material.classes)": "",
        "len(part)": "len(labels)",
        "part.images": "images",
        "part.labels": "labels",
        "self._scaling(images)": _scaled(given, "images"),
        "targets(labels, self._spec.loss, self._classes)": _one_hot(given, "labels"),
        "augment(images, seeds, self._spec.augmentation)": "augment(images, seeds)",
        "self._spec.batch_size": "BATCH_SIZE",
        "seed = self._spec.seed": "",
        "seed": "SEED",
    }
    if not weighted:
        replace["self._weights = None if weights is None else tf.constant(weights)"] = ""
    if not varied:
        drawn = "np.random.default_rng([seed, epoch, SEEDS]).integers(2 ** 31, dtype=np.int32)"
        replace[f"epoch_seed = tf.constant({drawn})"] = ""
        replace["self._batch(order[start:start + self._spec.batch_size], epoch_seed)"] = (
            "self.batch(order[start : start + BATCH_SIZE])"
        )
    known = {"self._spec.augmentation": spec.augmentation, "self._weights": 1 if weighted else None, "weights": 1}
    parameters = {
        "__init__": ", ".join(["self", "images", "labels", *extra]),
        "_make_batch": "self, chosen, epoch_seed" if varied else "self, chosen",
    }
    return Case(replace, known, ("__len__",), parameters)


def _validation(given: Given) -> Case:
    scores = '{"val_loss": float(loss), "val_accuracy": float(accuracy)'
    f1 = ', "val_macro_f1": f1' if watches_f1(given) else ""
    replace = {
        "self._scaling = scaling": _keeps_statistics(given),
        "part.labels": "labels",
        "part.images": "images",
        "targets(tf.constant(self._truth), loss, model.output_shape[-1])": _one_hot(given, "tf.constant(self.truth)"),
        "self._step = images_a_pass": "",
        "self._step": "FORWARD_IMAGES",
        "self._scaling(self._images[start:stop])": _scaled(given, "self.images[start:stop]"),
        SCORES: f"return {scores}{f1}}}",
    }
    if not f1:
        replace["f1 = macro_f1(self._truth, predicted, probabilities.shape[1])"] = ""
    extra = ", statistics" if _keeps_statistics(given) else ""
    return Case(replace, {}, (), {"__init__": f"self, model, images, labels{extra}"})
