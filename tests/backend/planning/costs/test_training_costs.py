"""The costs of a training, as they follow from the times of the probes, and what a run takes by them."""

from typing import Any

import pytest

from backend.network import describe
from backend.planning.costs.probes import (
    ALL_THREADS,
    BATCH_SIZE,
    CHANNELS,
    CLASSES,
    FEW_THREADS,
    PROBES,
    BackboneTimes,
    MeasuredCosts,
    Probe,
    Times,
    backbone_network,
)
from backend.planning.costs.run_costs import RunCosts
from backend.planning.costs.training_costs import best_seconds, saving_seconds
from backend.planning.execution_plan import choose_execution
from backend.planning.image_counts import Images
from backend.spec import RunSpec
from backend.spec.recipes import recipe_spec
from backend.workers import TrainingCosts

COSTS = TrainingCosts(
    process=3.0,
    build_layer=0.003,
    trace=0.4,
    trace_layer=0.02,
    epoch=0.02,
    step=1e-3,
    step_layer=2e-5,
    step_weight=1e-9,
    small_step_weight=2e-9,
    multiplication=2e-11,
    small_multiplication=4e-11,
    value=1e-9,
    normalized=1e-9,
    dropped=3e-9,
    varied=1e-4,
    save=0.03,
    save_weight=1e-8,
    best=0.02,
    best_layer=5e-4,
    best_weight=2e-8,
    feature_multiplication=3e-11,
    feature_layer=5e-3,
)


def times_of(probe: Probe) -> Times:
    """Returns what a probe takes on a machine with COSTS."""
    network = describe(probe.spec().model, [probe.side, probe.side, CHANNELS], CLASSES)
    layers, parameters = len(network.layers), network.parameters
    return Times(
        start=COSTS.trace + layers * COSTS.trace_layer,
        epoch=RunCosts(COSTS, probe.spec(), network).epoch_of_all(Images(probe.images, BATCH_SIZE)),
        save=saving_seconds(COSTS, parameters),
        best=best_seconds(COSTS, layers, parameters),
    )


def backbone_times() -> BackboneTimes:
    network = backbone_network()
    layers, later = len(network.layers), BATCH_SIZE * network.multiplications * COSTS.feature_multiplication
    return BackboneTimes(
        build=layers * COSTS.build_layer,
        first=later + layers * COSTS.feature_layer,
        later=later,
        save=best_seconds(COSTS, layers, network.parameters),
    )


def test_the_probes_tell_the_costs_of_the_machine() -> None:
    measured = MeasuredCosts({name: times_of(probe) for name, probe in PROBES.items()}, backbone_times(), 3.0).costs()

    for name, value in COSTS.model_dump().items():
        assert getattr(measured, name) == pytest.approx(value, rel=0.15), name


def test_noise_never_makes_a_cost_negative() -> None:
    times = Times(start=0.5, epoch=1.0, save=0.0, best=0.1)
    measured = MeasuredCosts(
        dict.fromkeys(PROBES, times), BackboneTimes(build=0.1, first=0.1, later=0.2, save=0.0), 0.0
    ).costs()

    assert min(measured.model_dump().values()) >= 0


@pytest.mark.parametrize(("probes", "small"), [(FEW_THREADS, True), (ALL_THREADS, False)], ids=["few", "all"])
def test_each_probe_has_the_threads_that_its_process_sets(probes: dict[str, Probe], small: bool) -> None:
    for name, probe in probes.items():
        network = describe(probe.spec().model, [probe.side, probe.side, CHANNELS], CLASSES)
        assert choose_execution(probe.spec(), network).small is small, name


def recipe_costs(name: str, **changes: Any) -> RunCosts:
    spec = RunSpec.model_validate({**recipe_spec(name).as_json(), "precision": "float32", **changes})
    return RunCosts(COSTS, spec, describe(spec.model, [32, 32, 3], 10))


def test_the_head_of_a_backbone_costs_steps_and_the_model_is_saved_while_it_improves() -> None:
    images = Images(200, 200)
    short, long = (recipe_costs("photos-quick", epochs=epochs).epoch(images) for epochs in (10, 30))
    best = best_seconds(COSTS, 144, 3_425_834)

    steps, saving = 7 * (COSTS.step + 2 * COSTS.step_layer), 12_810 * 1e-8 + 0.03 + best
    assert short == pytest.approx(COSTS.epoch + steps + saving + 0.007), "the last is an epoch's commit"
    assert short - long == pytest.approx(best * 0.5), "20 of 30 epochs, of which a quarter improve"


def test_frozen_blocks_have_no_backward_pass() -> None:
    best, everything = (
        recipe_costs("photos-best", model={"backbone": "efficientnet_lite0", "options": {"train": train}})
        for train in ("last_blocks", "all")
    )
    images = Images(1_000, 1_000)

    assert 0.4 < best.epoch_of_all(images) / everything.epoch_of_all(images) < 0.8
