"""Plans of backbones: which of their layers are trained, how pixels are brought to ImageNet's, and their limits."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.network import Impossible, Layer, Network, describe
from backend.spec import RunSpec
from backend.spec.backbones import BACKBONES

NAMES = BACKBONES.names()


def spec(name: str, changes: dict[str, Any] | None = None, **options: Any) -> RunSpec:
    model = {"backbone": name, "options": {"input_size": 32, **options}}
    return RunSpec.model_validate({"dataset": {"name": "digits"}, "model": model, **(changes or {})})


def network(name: str, channels: int = 3, **options: Any) -> Network:
    return describe(spec(name, **options).model, (32, 32, channels), 5)


def backbone_layers(name: str, **options: Any) -> list[Layer]:
    layers = network(name, **options).layers
    return layers[: [layer.name for layer in layers].index("features") + 1]


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_are_those_that_the_catalog_says(name: str) -> None:
    assert sum(layer.parameters for layer in backbone_layers(name)) == dict(BACKBONES)[name].parameters


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("efficientnet_lite0", "blocks_11_expand_conv"),
        ("MobileNetV3Small", "expanded_conv_8_expand"),
        ("EfficientNetV2B0", "block6a_expand_conv"),
        ("ResNet50V2", "conv5_block1_preact_bn"),
        ("ConvNeXtTiny", "convnext_tiny_downsampling_layernorm_2"),
        ("DenseNet121", "conv5_block1_0_bn"),
    ],
)
def test_head_trains_nothing_of_it_last_blocks_its_last_stage_and_all_everything(name: str, first: str) -> None:
    assert sum(layer.trainable for layer in backbone_layers(name, train="head")) == 0

    trained = [layer.name for layer in backbone_layers(name, train="last_blocks") if layer.trainable]
    layers = backbone_layers(name, train="all")
    with_weights = [layer.name for layer in layers if layer.parameters]
    assert trained == with_weights[with_weights.index(first) :]
    assert [layer.name for layer in layers if layer.trainable] == with_weights


def test_pixels_of_three_channels_are_normalized_after_gray_ones_are_repeated() -> None:
    layers = network("DenseNet121", channels=1).layers

    assert [layer.class_name for layer in layers[:2]] == ["Concatenate", "Rescaling"]
    assert layers[1].config["scale"] == pytest.approx([1 / 0.229, 1 / 0.224, 1 / 0.225])
    assert layers[1].config["offset"] == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225])
    assert not any(layer.class_name == "Rescaling" for layer in network("ResNet50V2").layers)


def test_a_network_of_ones_own_may_not_have_that_layer() -> None:
    layers = [{"class_name": "Rescaling", "config": {"scale": [0.5], "offset": [0.1]}}]
    own = RunSpec.model_validate({"dataset": {"name": "digits"}, "model": {"layers": layers}})

    with pytest.raises(Impossible, match=r"pixels are scaled by preprocessing\.scaling, before the network"):
        describe(own.model, (32, 32, 3), 5)


@pytest.mark.parametrize("name", NAMES)
def test_its_pixels_are_scaled_as_it_was_trained(name: str) -> None:
    part = dict(BACKBONES)[name]
    assert spec(name).preprocessing.scaling == part.scaling
    assert spec(name, {"preprocessing": {}}).preprocessing.scaling == part.scaling

    with pytest.raises(ValidationError, match=f"was trained with pixels scaled as {part.scaling}; you gave none"):
        spec(name, {"preprocessing": {"scaling": "none"}})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("side", "sentence"),
    [(0, "greater than or equal to 32"), (100, "multiple of 32"), (352, "less than or equal to 320")],
)
def test_a_size_that_it_does_not_take_is_refused(name: str, side: int, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        spec(name, input_size=side)


def test_the_smallest_and_the_largest_size_fit_every_backbone() -> None:
    for name in NAMES:
        for side in (32, 320):
            assert describe(spec(name, input_size=side).model, (8, 8, 1), 2).layers[-1].output_shape == [2]
