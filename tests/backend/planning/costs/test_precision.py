"""`precision: "auto"`: what it is decided to be, and why."""

from typing import Any

import pytest

from backend.network import describe
from backend.planning.costs.precision import LEAST_GAIN, by_step_seconds, with_expected_precision, without_timing
from backend.spec import RunSpec
from backend.spec.recipes import recipe_spec
from backend.workers import Slot, WorkerRead

CPU = "AMD EPYC, avx512_bf16"


def test_the_faster_precision_is_taken_where_a_step_gains_a_fifth() -> None:
    fast = by_step_seconds({"float32": 0.3, "mixed_bfloat16": 0.2}, CPU)
    slow = by_step_seconds({"float32": 0.3, "mixed_bfloat16": 0.3 / (LEAST_GAIN - 0.01)}, CPU)

    assert (fast.precision, slow.precision) == ("mixed_bfloat16", "float32")
    times = "a step of this network took 0.2 s with mixed_bfloat16 and 0.3 s with float32 on AMD EPYC, avx512_bf16"
    assert fast.reason == f"mixed_bfloat16: {times}, so it is 1.50 times as fast"
    assert slow.reason.endswith("and a gain below 1.2 is not taken")


@pytest.mark.parametrize(
    ("recipe", "shape", "has_bfloat16", "reason"),
    [
        ("cifar-vgg", (32, 32, 3), False, "float32: this processor has no instructions for bfloat16"),
        ("fashion-strided", (28, 28, 1), True, "float32: the network is too small to gain by mixed_bfloat16"),
        ("photos-quick", (32, 32, 3), True, "float32: the features of its backbone are computed once and kept"),
        ("cifar-vgg", (32, 32, 3), True, None),
        ("photos-best", (32, 32, 3), True, None),
    ],
)
def test_a_step_is_timed_only_where_it_may_gain(
    recipe: str, shape: tuple[int, ...], has_bfloat16: bool, reason: str | None
) -> None:
    spec = recipe_spec(recipe)
    choice = without_timing(spec, describe(spec.model, shape, 10), has_bfloat16=has_bfloat16)

    assert (choice is None) if reason is None else (choice is not None and choice.reason.startswith(reason))


def test_a_network_with_bias_gradients_that_a_processor_rounds_is_trained_in_float32() -> None:
    layers = [
        {"class_name": "Conv2D", "config": {"filters": 256, "kernel_size": 3, "activation": "relu"}},
        {"class_name": "DepthwiseConv2D", "config": {"kernel_size": 7}},
        {"class_name": "GlobalAveragePooling2D"},
        {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}},
    ]
    spec = RunSpec.model_validate({"dataset": {"name": "cifar10"}, "model": {"layers": layers}, "precision": "auto"})
    network = describe(spec.model, (32, 32, 3), 10)

    choice = without_timing(spec, network, has_bfloat16=True)

    assert choice is not None
    assert (choice.precision, "the biases of depthwise_conv2d" in choice.reason) == ("float32", True)
    assert without_timing(spec, network, has_bfloat16=True, on_gpu=True) is None


@pytest.mark.parametrize(("speed", "precision"), [(2e10, "mixed_bfloat16"), (1.1e10, "float32"), (None, "float32")])
def test_before_a_launch_auto_is_expected_by_what_workers_timed(speed: float | None, precision: str) -> None:
    spec = recipe_spec("cifar-vgg")
    network = describe(spec.model, (32, 32, 3), 10)
    speeds = {"float32": 1e10, "mixed_bfloat16": speed} if speed else None

    assert with_expected_precision(spec, network, [worker(multiplications_per_second=speeds)]).precision == precision
    named = RunSpec.model_validate(spec.as_json() | {"precision": "mixed_float16"})
    assert with_expected_precision(named, network, []).precision == "mixed_float16"


def worker(**slot: Any) -> WorkerRead:
    slots = [Slot(name="cpu-0", kind="cpu", device="AMD EPYC", **slot)]
    return WorkerRead.model_validate(
        {"name": "w", "host": "h", "state": "alive", "heartbeat_at": "2026-11-28T00:00:00Z", "slots": slots}
    )
