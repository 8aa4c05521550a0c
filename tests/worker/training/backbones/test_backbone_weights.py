"""Weights of backbones: read without the program that wrote them, and only where they are what they should be."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

from backend.planning.backbone_weights import weights_file
from backend.spec.backbones import EfficientNetLite0
from worker.training.backbones import weights
from worker.training.backbones.weights import find_pretrained
from worker.training.errors import TrainingError
from worker.training.portable.efficientnet_lite0 import MAGIC, read_tensors, read_weights

BACKBONE = EfficientNetLite0(backbone="efficientnet_lite0")


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


def installed() -> Path:
    path = weights_file(BACKBONE)
    assert path is not None
    return path


def test_the_weights_are_those_of_98_layers_in_keras_shapes() -> None:
    found = read_weights(installed())

    assert len(found) == 98
    assert [array.shape for array in found["conv_stem"]] == [(3, 3, 3, 32)]
    assert [array.shape for array in found["blocks_2_depthwise_conv"]] == [(3, 3, 144, 1)]
    assert [array.shape for array in found["bn1"]] == [(1280,)] * 4
    assert sum(array.size for arrays in found.values() for array in arrays) == BACKBONE.parameters


def test_strides_are_honoured() -> None:
    """The kernels in the file lie with their filters first; a reader that ignores strides mixes their numbers."""
    tensor = read_tensors(installed())["_conv_stem.weight"]

    assert tensor.shape == (32, 3, 3, 3)
    assert tensor.strides == (4, 128, 1152, 384)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([MAGIC, 1001, {}, Evil()], "posix.system"),
        ([MAGIC, 1001, {}, OrderedDict(a=Path("x"))], "pathlib"),
        ([1], "before version 1.6"),
    ],
)
def test_a_pickle_that_asks_for_anything_else_is_refused(parts: list[Any], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"".join(pickle.dumps(part, protocol=2) for part in parts))

    with pytest.raises((pickle.UnpicklingError, ValueError), match=reason):
        read_tensors(path)


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(installed().read_bytes()[:1_000_000])

    with pytest.raises(EOFError, match="ends too early"):
        read_tensors(path)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "is not on this machine"), (b"other", "has the SHA-256 d9298a10d1b0735837dc")]
)
def test_missing_and_other_weights_are_named_with_their_place(
    content: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / BACKBONE.file
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(weights, "weights_file", lambda _: path)

    with pytest.raises(TrainingError) as error:
        find_pretrained(BACKBONE, print)

    assert message in error.value.detail
    assert BACKBONE.file in error.value.detail


def test_the_real_file_has_the_pinned_hash() -> None:
    assert find_pretrained(BACKBONE, print) == installed()
