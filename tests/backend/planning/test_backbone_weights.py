"""Backbones in the catalog: whether their weights are on this machine, which needs no hash."""

from pathlib import Path

import pytest

from backend.planning.backbone_weights import has_weights, weights_file
from backend.planning.catalog import catalog, with_weights
from backend.planning.catalog_schemas import BackboneChoice
from backend.spec.backbones.resnet50_v2 import ResNet50V2


def offered(name: str) -> BackboneChoice:
    return next(backbone for backbone in with_weights(catalog()).backbones if backbone.name == name)


def test_the_catalog_says_whether_weights_are_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert not offered("ResNet50V2").has_weights
    assert offered("efficientnet_lite0").has_weights

    path = weights_file(ResNet50V2)
    assert path == tmp_path / "models" / ResNet50V2.file
    path.parent.mkdir()
    path.write_bytes(b"a run compares the hash")

    assert offered("ResNet50V2").has_weights


def test_the_catalog_has_the_facts_of_a_backbone() -> None:
    backbone = offered("EfficientNetV2B0")

    assert (backbone.scaling, backbone.normalizes) == ("unit", True)
    assert (backbone.hash, backbone.digest) == ("MD5", "893217f2bb855e2983157299931e43ff")
    assert backbone.address == (
        "https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/efficientnetv2-b0_notop.h5"
    )
    assert offered("ConvNeXtTiny").hash == "SHA-256"
    assert offered("efficientnet_lite0").address is None


def test_a_package_that_is_not_installed_has_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResNet50V2, "package", "there-is-no-such-package==1.0")

    assert weights_file(ResNet50V2) is None
    assert not has_weights(ResNet50V2)
