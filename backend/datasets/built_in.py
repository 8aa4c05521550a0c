"""The table of built-in datasets: title, shape, classes, and the files that they are read from.

Addresses and SHA-256 sums are those in Keras' own loaders (`keras.datasets`). Keras has no sums for Fashion-MNIST;
they were computed from the files that Keras downloads. Sizes are those that the publishers send.
"""

from dataclasses import dataclass
from pathlib import Path

KERAS_FILES = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
CIFAR_FILES = "https://www.cs.toronto.edu/~kriz/"


@dataclass(frozen=True)
class SourceFile:
    """One file of a dataset. `name` is its publisher's file name.

    `cached` are paths below Keras' `datasets` folder where versions of Keras store it, the current version's first.
    """

    name: str
    url: str
    bytes: int
    sha256: str
    cached: tuple[str, ...]


def downloads_folder(datasets_dir: Path) -> Path:
    """Returns the folder for files that a user provided, stored under their publishers' names."""
    return datasets_dir / "downloads"


@dataclass(frozen=True)
class BuiltIn:
    """`image_shape` is (height, width, channels)."""

    title: str
    image_shape: tuple[int, int, int]
    classes: tuple[str, ...]
    files: tuple[SourceFile, ...] = ()

    @property
    def download_bytes(self) -> int | None:
        """Returns the size of all files; None where there are none."""
        return sum(file.bytes for file in self.files) or None


def _fashion(name: str, size: int, sha256: str) -> SourceFile:
    return SourceFile(name, KERAS_FILES + name, size, sha256, (f"fashion-mnist/{name}",))


def _cifar(name: str, folder: str, size: int, sha256: str) -> SourceFile:
    return SourceFile(name, CIFAR_FILES + name, size, sha256, (f"{folder}-target_archive", f"{folder}.tar.gz", name))


DIGITS = tuple("0123456789")
FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR100 = (
    *("apple", "aquarium_fish", "baby", "bear", "beaver"),
    *("bed", "bee", "beetle", "bicycle", "bottle"),
    *("bowl", "boy", "bridge", "bus", "butterfly"),
    *("camel", "can", "castle", "caterpillar", "cattle"),
    *("chair", "chimpanzee", "clock", "cloud", "cockroach"),
    *("couch", "crab", "crocodile", "cup", "dinosaur"),
    *("dolphin", "elephant", "flatfish", "forest", "fox"),
    *("girl", "hamster", "house", "kangaroo", "keyboard"),
    *("lamp", "lawn_mower", "leopard", "lion", "lizard"),
    *("lobster", "man", "maple_tree", "motorcycle", "mountain"),
    *("mouse", "mushroom", "oak_tree", "orange", "orchid"),
    *("otter", "palm_tree", "pear", "pickup_truck", "pine_tree"),
    *("plain", "plate", "poppy", "porcupine", "possum"),
    *("rabbit", "raccoon", "ray", "road", "rocket"),
    *("rose", "sea", "seal", "shark", "shrew"),
    *("skunk", "skyscraper", "snail", "snake", "spider"),
    *("squirrel", "streetcar", "sunflower", "sweet_pepper", "table"),
    *("tank", "telephone", "television", "tiger", "tractor"),
    *("train", "trout", "tulip", "turtle", "wardrobe"),
    *("whale", "willow_tree", "wolf", "woman", "worm"),
)

BUILT_IN = {
    "digits": BuiltIn("Digits", (8, 8, 1), DIGITS),
    "fashion_mnist": BuiltIn(
        "Fashion-MNIST",
        (28, 28, 1),
        FASHION,
        (
            _fashion(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
            ),
            _fashion(
                "train-labels-idx1-ubyte.gz", 29_515, "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"
            ),
            _fashion(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
            ),
            _fashion(
                "t10k-labels-idx1-ubyte.gz", 5_148, "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"
            ),
        ),
    ),
    "cifar10": BuiltIn(
        "CIFAR-10",
        (32, 32, 3),
        CIFAR10,
        (
            _cifar(
                "cifar-10-python.tar.gz",
                "cifar-10-batches-py",
                170_498_071,
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
    ),
    "mnist": BuiltIn(
        "MNIST",
        (28, 28, 1),
        DIGITS,
        (
            SourceFile(
                "mnist.npz",
                KERAS_FILES + "mnist.npz",
                11_490_434,
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                ("mnist.npz",),
            ),
        ),
    ),
    "cifar100": BuiltIn(
        "CIFAR-100",
        (32, 32, 3),
        CIFAR100,
        (
            _cifar(
                "cifar-100-python.tar.gz",
                "cifar-100-python",
                169_001_437,
                "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            ),
        ),
    ),
}
