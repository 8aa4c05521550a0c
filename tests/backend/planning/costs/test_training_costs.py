"""The costs of a training, as they follow from the times of the probes, and what a run takes by them."""

from itertools import pairwise

import pytest

from backend.network import describe
from backend.planning.costs.probes import BATCH_SIZE, CHANNELS, CLASSES, PROBES, SIDE, MeasuredCosts, Probe, Times
from backend.planning.costs.training_costs import epoch_seconds, forward_passes, saving_seconds, start_seconds
from backend.workers import TrainingCosts

COSTS = TrainingCosts(
    process=3.0,
    start=0.4,
    start_layer=0.02,
    epoch=0.02,
    step=1e-3,
    step_layer=2e-5,
    step_weight=2e-9,
    multiplication=2e-11,
    small_multiplication=4e-11,
    normalized=1e-9,
    save=0.03,
    save_layer=1e-3,
    save_weight=1e-8,
)


def times_of(probe: Probe) -> Times:
    """Returns what a probe takes on a machine with COSTS."""
    network = describe(probe.spec().model, [SIDE, SIDE, CHANNELS], CLASSES)
    epoch = epoch_seconds(COSTS, probe.work(), probe.steps, forward_passes(probe.images, BATCH_SIZE))
    return Times(epoch=epoch, save=saving_seconds(COSTS, network), start=start_seconds(COSTS, network))


def test_the_probes_tell_the_costs_of_the_machine() -> None:
    measured = MeasuredCosts({name: times_of(probe) for name, probe in PROBES.items()}).costs(3.0)

    for name, value in COSTS.model_dump().items():
        assert getattr(measured, name) == pytest.approx(value, rel=0.15), name


def test_noise_never_makes_a_cost_negative() -> None:
    measured = MeasuredCosts(dict.fromkeys(PROBES, Times(epoch=1.0, save=0.0, start=0.5))).costs(0.0)

    assert min(measured.model_dump().values()) >= 0


def test_each_probe_has_the_threads_that_its_process_sets() -> None:
    small = [probe.work().is_small for probe in PROBES.values()]

    assert small == [True] * 5 + [False] * 2
    assert all(before >= after for before, after in pairwise(small))
