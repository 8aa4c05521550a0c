"""How a script loads the images of its dataset."""

from collections.abc import Sequence
from urllib.parse import quote

from backend.datasets.built_in import BUILT_IN
from backend.script.layout import literal
from backend.spec import FromValidation, RunSpec

LOAD_WITH_KERAS = '''
def load():
    """Returns {title} as Keras loads it{fine}: (images, labels) of train and of test, images uint8, N × H × W × C."""
    (train_images, train_labels), (test_images, test_labels) = keras.datasets.{name}.load_data()
    return {train}, {test}
'''.strip()
LOAD_FILE = '''
def load():
    """Returns (images, labels) of each split: images uint8, N × H × W × C, labels as positions in CLASSES."""
    with np.load(DATA_FILE) as arrays:
        return [(arrays[f"{split}_images"], arrays[f"{split}_labels"]) for split in SPLITS]
'''.strip()


def load_function(dataset: str, splits: Sequence[str]) -> str | None:
    """Returns None for the digits, whose own function is taken."""
    if dataset == "digits":
        return None
    return _load_with_keras(dataset) if dataset in BUILT_IN else LOAD_FILE.replace("SPLITS", literal(tuple(splits)))


def loaded_splits(spec: RunSpec) -> list[str]:
    """Returns the stored splits that a run of this spec reads."""
    return ["train", *(["validation"] if isinstance(spec.dataset.validation, FromValidation) else []), "test"]


def dataset_address(dataset: str) -> str:
    return f"/api/datasets/{quote(dataset, safe='')}/arrays.npz"


def _load_with_keras(name: str) -> str:
    """Keras gives CIFAR's labels as a column, and grey images without their channel."""
    grey = BUILT_IN[name].image_shape[2] == 1
    pair = "({0}_images[..., None], {0}_labels)" if grey else "({0}_images, {0}_labels[:, 0])"
    fine = " with its fine labels" if name == "cifar100" else ""
    return LOAD_WITH_KERAS.format(
        title=BUILT_IN[name].title, fine=fine, name=name, train=pair.format("train"), test=pair.format("test")
    )
