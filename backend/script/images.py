"""Where a script's images come from, and which of them train and which validate."""

from urllib.parse import quote

from backend.datasets.built_in import BUILT_IN
from backend.script.lift import Case, lift, lift_constant
from backend.script.part import Given, Part
from backend.script.words import assigned, literal, rows
from backend.spec import FromTrain

KERAS = "    (train_images, train_labels), (test_images, test_labels) = keras.datasets.{name}.load_data()\n"
SOURCES = "worker/datasets/sources.py"
FILE = '''
def load():
    """The stored arrays: images uint8 N × H × W × C, labels as positions in CLASSES."""
    with np.load(DATA_FILE) as arrays:
        train = arrays["train_images"], arrays["train_labels"]
        return train, (arrays["test_images"], arrays["test_labels"])
'''.strip()


def images_part(given: Given) -> Part:
    name, dataset = given.spec.dataset.name, given.spec.dataset
    part = _digits() if name == "digits" else _by_keras(name) if name in BUILT_IN else _by_file(name)
    part.constants.insert(0, rows("CLASSES = ", [literal(one) for one in given.classes], "[]"))
    limits = {"TRAIN_LIMIT": dataset.train_limit, "TEST_LIMIT": dataset.test_limit}
    part.constants += [f"{limit} = {value}" for limit, value in limits.items() if value is not None]
    if isinstance(dataset.validation, FromTrain):
        part.imports.add("import numpy as np")
        part.constants.append(f"VALIDATION_FRACTION = {literal(dataset.validation.fraction)}")
        part.fixed.append(lift_constant("backend/datasets/splits.py", "DRAW"))
        part.code += [lift("backend/datasets/splits.py", one) for one in ("hold_back", "_share")]
    return part


def _by_keras(name: str) -> Part:
    """CIFAR's labels come as a column, the grey images without their channel."""
    title, grey = BUILT_IN[name].title, BUILT_IN[name].image_shape[2] == 1
    fine = ", with its fine labels" if name == "cifar100" else ""
    images, labels = ("{}_images[..., None]", "{}_labels") if grey else ("{}_images", "{}_labels[:, 0]")
    pairs = [f"({images.format(split)}, {labels.format(split)})" for split in ("train", "test")]
    text = f'def load():\n    """{title} as Keras brings it{fine}: images uint8 N × H × W × C, labels."""\n'
    text += KERAS.format(name=name) + f"    return {', '.join(pairs)}"
    return Part(imports={"import keras"}, code=[text])


def _digits() -> Part:
    case = Case(
        replace={
            "from sklearn.datasets import load_digits": "",
            "return {'train': (images[train], bunch.target[train]), 'test': (images[test], bunch.target[test])}": (
                "return (images[train], bunch.target[train]), (images[test], bunch.target[test])"
            ),
        },
        parameters={"digits": ""},
    )
    load = lift(SOURCES, "digits", case).replace("def digits(", "def load(", 1)
    return Part(
        imports={"import numpy as np", "from sklearn.datasets import load_digits"},
        fixed=[lift_constant(SOURCES, name) for name in ("TEST_FRACTION", "SPLIT_SEED")],
        code=[load, lift(SOURCES, "split_by_class")],
    )


def _by_file(name: str) -> Part:
    """The file has our name, whatever the dataset is called."""
    address = f"/api/datasets/{quote(name, safe='')}/arrays.npz"
    constants = ['DATA_FILE = "arrays.npz"', assigned("DATA_ADDRESS", address)]
    return Part(imports={"import numpy as np"}, constants=constants, code=[FILE])
