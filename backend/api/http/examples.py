"""Examples of JSON bodies, which the API page offers to send. A test validates each with the type of its body."""

from typing import Any

from fastapi.openapi.models import Example

SPEC: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "model": {"preset": "strided_cnn", "options": {"filters": [32, 64], "padding": "same", "dense_units": [128]}},
    "epochs": 40,
}
LAYERS: dict[str, Any] = {
    "dataset": {"name": "digits", "validation": {"from": "train", "fraction": 0.1}},
    "model": {
        "layers": [
            {"class_name": "Conv2D", "config": {"filters": 16, "kernel_size": 3, "activation": "relu"}},
            {"class_name": "Flatten"},
            {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}},
        ]
    },
    "optimizer": {"name": "adamw", "learning_rate": 0.002, "schedule": {"name": "cosine", "warmup_epochs": 2}},
    "augmentation": {"width_shift": 0.1, "height_shift": 0.1, "rotation": 10},
    "callbacks": {"early_stopping": {"monitor": "val_loss", "patience": 5, "restore_best_weights": True}},
    "epochs": 60,
}

SPECS: dict[str, Example] = {
    "preset": {"summary": "A preset", "value": SPEC},
    "layers": {"summary": "A list of layers, a schedule, augmentation and early stopping", "value": LAYERS},
}
NEW_RUN: dict[str, Example] = {
    "recipe": {"summary": "A recipe", "value": {"recipe": "digits-quick"}},
    "spec": {
        "summary": "A spec, with a name and tags",
        "value": {"spec": SPEC, "name": "First digits", "tags": ["baseline"], "priority": "high"},
    },
}
RUN_CHANGE: dict[str, Example] = {
    "name": {"summary": "A name and tags", "value": {"name": "Best so far", "tags": ["baseline", "keep"]}},
    "notes": {"summary": "Notes", "value": {"notes": "Overfits after epoch 12."}},
}
STOP: dict[str, Example] = {
    "finish": {"summary": "After the current epoch, which is evaluated and kept", "value": {"mode": "finish"}},
    "kill": {"summary": "At once", "value": {"mode": "kill"}},
}
RESUME: dict[str, Example] = {
    "same": {"summary": "Up to the epochs that the run has", "value": {}},
    "longer": {"summary": "Up to more epochs", "value": {"epochs": 30}},
}
NEW_STUDY: dict[str, Example] = {
    "repeat": {"summary": "Three seeds", "value": {"kind": "repeat", "recipe": "digits-quick", "seeds": [0, 1, 2]}},
    "grid": {
        "summary": "Every combination of two lists",
        "value": {
            "kind": "grid",
            "name": "Rate and batch size",
            "spec": SPEC,
            "space": {"optimizer.learning_rate": [0.0003, 0.001, 0.003], "batch_size": [32, 128]},
        },
    },
    "tpe": {
        "summary": "Forty runs, each chosen by the results of those before it, hopeless ones ended early",
        "value": {
            "kind": "tpe",
            "spec": SPEC,
            "space": {
                "optimizer.learning_rate": {"low": 0.0001, "high": 0.01, "log": True},
                "model.options.flatten_dropout": {"low": 0, "high": 0.6, "step": 0.1},
                "batch_size": [32, 64, 128],
            },
            "runs": 40,
            "pruner": "median",
        },
    },
    "learning curve": {
        "summary": "What more training images would bring",
        "value": {"kind": "learning_curve", "recipe": "digits-quick", "fractions": [0.125, 0.25, 0.5, 1.0]},
    },
    "ladder": {
        "summary": "The tutorial, one change a rung",
        "value": {"kind": "ladder", "recipe": "cifar-strided", "seeds": [0, 1, 2]},
    },
}
DECISION: dict[str, Example] = {
    "one": {
        "summary": "One of two runs is kept",
        "value": {
            "runs": ["3f9a1c0de5b74e21", "8b2d4470c19e6fa3"],
            "kept": "8b2d4470c19e6fa3",
            "text": "Better on sandals, at the same time per epoch.",
        },
    }
}
ANSWERING: dict[str, Example] = {
    "sure": {
        "summary": "Scaled probabilities, and no answer below 80 %",
        "value": {"temperature": True, "threshold": 0.8},
    },
    "always": {"summary": "As trained, always", "value": {"temperature": False, "threshold": None}},
}
STUDY_STOP: dict[str, Example] = {
    "wait": {"summary": "Runs in training go on to their end", "value": {"mode": "wait"}},
    "kill": {"summary": "All end at once", "value": {"mode": "kill"}},
}
STUDY_EXTENSION: dict[str, Example] = {"more": {"summary": "Twelve more runs", "value": {"runs": 12}}}
VIEW: dict[str, Example] = {
    "accurate": {
        "summary": "Accurate runs on the digits",
        "value": {"name": "Accurate", "query": "dataset=digits&where=best.val_accuracy>=0.9&sort=-best.val_accuracy"},
    },
}
VIEW_CHANGE: dict[str, Example] = {
    "name": {"summary": "Another name", "value": {"name": "Best so far"}},
}
BULK: dict[str, Example] = {
    "tag": {"summary": "Tag two runs", "value": {"ids": ["3f2a", "91bc"], "do": "tag", "tag": "keep"}},
    "delete": {
        "summary": "Delete all failed runs with a large learning rate",
        "value": {"query": {"status": ["failed"], "where": ["optimizer.learning_rate>=0.1"]}, "do": "delete"},
    },
    "delete all but one": {
        "summary": "Delete the 12 runs of a study except one",
        "value": {"query": {"study": "a7d0"}, "without": ["3f2a"], "expected": 12, "do": "delete"},
    },
    "stop": {"summary": "Stop a study at once", "value": {"query": {"study": "a7d0"}, "do": "stop", "mode": "kill"}},
}
LABEL_DECISIONS: dict[str, Example] = {
    "relabel": {
        "summary": "Relabel one image and leave another one out",
        "value": {
            "decisions": [
                {"split": "test", "index": 2629, "do": "relabel", "class": "Dress"},
                {"split": "train", "index": 207, "do": "leave_out"},
            ],
            "by": "Ada",
        },
    },
    "undo": {
        "summary": "Take a decision back",
        "value": {"decisions": [{"split": "test", "index": 2629, "do": "undecided", "revision": "9f3a01c2"}]},
    },
}
EVALUATION: dict[str, Example] = {"map": {"summary": "The map of the validation images", "value": {"kind": "map"}}}
VERSION: dict[str, Example] = {
    "labels": {
        "summary": "One image relabelled, one left out",
        "value": {
            "changes": [
                {"split": "test", "index": 2629, "do": "relabel", "class": "Dress"},
                {"split": "train", "index": 207, "do": "leave_out"},
            ]
        },
    },
    "classes": {
        "summary": "Two classes merged, one renamed, one left out",
        "value": {"merge": {"Shirt": "T-shirt/top"}, "rename": {"T-shirt/top": "Top"}, "leave_out": ["Bag"]},
    },
    "images": {"summary": "Larger images, decoded from the originals", "value": {"image_size": 64, "fit": "pad"}},
}
WHAT_IF: dict[str, Example] = {
    "turned": {"summary": "Turned and blurred", "value": {"rotate": 12, "blur": 0.8}},
    "bands": {"summary": "Darker, and where the answer changes", "value": {"brightness": -0.3, "bands": True}},
}
QUIZ: dict[str, Example] = {"quiz": {"summary": "Twenty hard images", "value": {"seed": 1}}}
ANSWERS: dict[str, Example] = {
    "two": {"summary": "Two images, one left open", "value": {"player": "Ada", "answers": ["Shirt", None]}},
}
