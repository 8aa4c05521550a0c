"""Specs of every kind, for the tests of `train.py`."""

import random
from typing import Any

from backend.network import describe
from backend.planning.execution_plan import choose_execution
from backend.script import ScriptInput
from backend.spec import RunSpec
from tests.support.models import keras_json
from tests.support.models.networks import FLAT, LAST, keras_layer

SMALL: dict[str, Any] = {"preset": "strided_cnn", "options": {"filters": [4], "dense_units": [8]}}
BACKBONE = {"backbone": "efficientnet_lite0"}
MAX_NORM = {"class_name": "MaxNorm", "config": {"axis": 0}}
LAYERS = {
    "layers": [
        keras_layer("Conv2D", filters=4, kernel_size=[3, 2], padding="same", kernel_initializer="HeNormal"),
        keras_layer("BatchNormalization", momentum=0.9),
        keras_layer("ReLU"),
        keras_layer("MaxPooling2D"),
        keras_layer("SpatialDropout2D", rate=0.25, name="drop"),
        keras_layer("DepthwiseConv2D", kernel_size=2, depthwise_regularizer="L2"),
        keras_layer("ZeroPadding2D", padding=[[1, 0], [0, 1]]),
        FLAT,
        keras_layer("Dense", units=12, activation="gelu", kernel_constraint=MAX_NORM),
        keras_layer("Dropout", rate=0.2),
        LAST,
    ]
}
RANDOM_TWICE = {
    "layers": [
        keras_layer(
            "Conv2D",
            filters=4,
            kernel_size=3,
            bias_initializer={"class_name": "RandomNormal", "config": {"stddev": 0.1}},
        ),
        keras_layer("SeparableConv2D", filters=3, kernel_size=2, depthwise_initializer={"class_name": "HeUniform"}),
        FLAT,
        LAST,
    ]
}
SHARED = {
    "keras": keras_json.functional(
        keras_json.image(),
        {
            **keras_json.layer("Conv2D", {"name": "class", "filters": 1, "kernel_size": 3, "padding": "same"}, "image"),
            "inbound_nodes": [
                {"args": [keras_json.tensor("image")], "kwargs": {}},
                {"args": [keras_json.tensor("class")], "kwargs": {}},
            ],
        },
        keras_json.layer("Flatten", {"name": "3.flat"}, "sum"),
        {
            **keras_json.layer("Add", {"name": "sum"}, "class"),
            "inbound_nodes": [
                {"args": [[keras_json.tensor("class"), keras_json.tensor("class", 1)]], "kwargs": {}},
            ],
        },
        keras_json.layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, "3.flat"),
    )
}
LONG = "a_layer_with_a_name_that_is_rather_long_for_what_it_does_"
LONG_NAMES = {
    "keras": keras_json.functional(
        keras_json.image(),
        *(
            keras_json.layer(
                "Conv2D",
                {"name": f"{LONG}{number}", "filters": 2, "kernel_size": [3, 3], "padding": "same", "strides": [2, 1]},
                "image",
            )
            for number in range(3)
        ),
        keras_json.layer("Concatenate", {"name": "all"}, *(f"{LONG}{number}" for number in range(3))),
        keras_json.layer("Flatten", {"name": LONG * 2}, "all"),
        keras_json.layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, LONG * 2),
    )
}
ALL_VARIATIONS = {
    "width_shift": 0.1,
    "height_shift": 0.1,
    "horizontal_flip": True,
    "vertical_flip": True,
    "rotation": 15.0,
    "zoom": 0.1,
    "brightness": 0.2,
    "contrast": 0.3,
    "cutout": 0.25,
}

SPECS: dict[str, dict[str, Any]] = {
    "backbone": {"model": {**BACKBONE, "options": {"input_size": 32}}, "class_weights": "balanced"},
    "varied backbone": {
        "model": {**BACKBONE, "options": {"input_size": 32, "dense_units": [16], "dropout": 0}},
        "augmentation": {"horizontal_flip": True, "width_shift": 0.1},
        "dataset": {"name": "digits", "train_limit": 200, "validation": {"from": "train", "fraction": 0.2}},
        "loss": {"name": "categorical_crossentropy"},
    },
    "fine-tuned backbone": {
        "model": {**BACKBONE, "options": {"input_size": 32, "train": "last_blocks"}},
        "dataset": {"name": "digits", "train_limit": 64, "test_limit": 40},
        "optimizer": {"name": "adam", "schedule": {"name": "cosine"}},
        "callbacks": {"checkpoint": {"monitor": "loss", "every": 1}},
        "epochs": 2,
    },
    "plain": {},
    "every augmentation": {"augmentation": {**ALL_VARIATIONS, "fill_mode": "reflect"}},
    "standard scaling": {
        "preprocessing": {"scaling": "standard"},
        "optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True},
    },
    "class weights": {"class_weights": {"3": 2.0, "7": 0.5}, "preprocessing": {"scaling": "signed"}},
    "balanced": {
        "class_weights": "balanced",
        "dataset": {"name": "digits", "train_limit": 300, "test_limit": 100},
        "augmentation": {"horizontal_flip": True},
    },
    "label smoothing": {
        "loss": {"name": "categorical_crossentropy", "label_smoothing": 0.1},
        "optimizer": {"name": "adamw", "weight_decay": None, "clipnorm": 1.0},
    },
    "residual": {
        "dataset": {"name": "digits", "validation": {"from": "train", "fraction": 0.2}},
        "model": {"keras": keras_json.residual()},
        "preprocessing": {"scaling": "none"},
    },
    "layer list": {"model": LAYERS, "optimizer": {"name": "rmsprop", "centered": True, "learning_rate": 0.0005}},
    "cosine with warm-up": {
        "optimizer": {"name": "adam", "schedule": {"name": "cosine", "alpha": 0.1, "warmup_epochs": 2}},
        "epochs": 4,
        "callbacks": {"checkpoint": {"monitor": "val_macro_f1", "every": 2}},
    },
    "mixed_bfloat16": {"precision": "mixed_bfloat16", "model": LAYERS},
    "mixed_float16": {"precision": "mixed_float16"},
    "validation from train": {
        "dataset": {"name": "digits", "validation": {"from": "train", "fraction": 0.2}},
        "augmentation": {"brightness": 0.2, "cutout": 0.3},
        "callbacks": {
            "early_stopping": {"monitor": "val_accuracy", "patience": 1, "restore_best_weights": True},
            "reduce_lr": {"monitor": "val_loss", "patience": 1, "factor": 0.5},
            "terminate_on_nan": False,
        },
        "epochs": 5,
    },
    "seeds in an order of their own": {"model": RANDOM_TWICE},
    "shared layer": {"model": SHARED},
    "long names": {
        "model": LONG_NAMES,
        "callbacks": {
            "early_stopping": {
                "monitor": "val_macro_f1",
                "patience": 3,
                "min_delta": 0.01,
                "restore_best_weights": True,
            }
        },
    },
}


def spec(**changes: Any) -> RunSpec:
    return RunSpec.model_validate({"dataset": {"name": "digits"}, "model": SMALL, "epochs": 1, "seed": 5, **changes})


def script_input(spec: RunSpec, image_shape: tuple[int, int, int] = (8, 8, 1), **changes: Any) -> ScriptInput:
    classes = changes.pop("classes", [str(number) for number in range(10)])
    network = describe(spec.model, image_shape, len(classes))
    named = {"run_id": "0123456789abcdef", "run_name": "digits", "machine": None, **changes}
    return ScriptInput(spec=spec, network=network, classes=classes, plan=choose_execution(spec, network), **named)


def at_random(draw: random.Random) -> RunSpec:
    """Any combination of what a spec may ask for."""

    def perhaps(value: Any) -> Any:
        return value if draw.random() < 0.4 else None

    monitors = ["loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"]
    schedules = ["step", "cosine", "exponential", "constant"]
    schedule = perhaps({"name": draw.choice(schedules), "warmup_epochs": draw.choice([0, 2])})
    variations = {name: value for name, value in ALL_VARIATIONS.items() if draw.random() < 0.4}
    early = {"monitor": draw.choice(monitors), "patience": 3, "restore_best_weights": draw.random() < 0.5}
    return spec(
        dataset={
            "name": draw.choice(["digits", "mine"]),
            "train_limit": perhaps(100),
            "test_limit": perhaps(50),
            "validation": {"from": draw.choice(["test", "train"])},
        },
        model=draw.choice([SMALL, LAYERS, SHARED, RANDOM_TWICE, LONG_NAMES]),
        preprocessing={"scaling": draw.choice(["unit", "signed", "standard", "none"])},
        augmentation=perhaps(variations),
        optimizer={"name": draw.choice(["adam", "adamw", "sgd", "rmsprop"]), "schedule": schedule},
        loss={"name": draw.choice(["sparse_categorical_crossentropy", "categorical_crossentropy"])},
        class_weights=draw.choice([None, "balanced", {"1": 2.0}]),
        init=perhaps({"run": "0123456789abcdef"}),
        precision=draw.choice(["float32", "mixed_bfloat16", "mixed_float16"]),
        batch_size=draw.choice([1, 32, 5_000]),
        epochs=4,
        callbacks={
            "checkpoint": {"monitor": draw.choice(monitors), "every": perhaps(2)},
            "early_stopping": perhaps(early),
            "reduce_lr": perhaps({"monitor": draw.choice(monitors), "min_lr": 1e-6}) if schedule is None else None,
            "terminate_on_nan": draw.random() < 0.7,
        },
    )
