"""Decides `precision: "auto"`: in which precision a run is trained, and why, in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.network import Network
from backend.phrases import rough_seconds
from backend.planning.costs.run_costs import RunCosts
from backend.planning.execution_plan import choose_execution
from backend.spec import Precision, RunSpec
from backend.workers import WorkerRead, fastest_costs, gains, has_gpu

AUTO: Precision = "auto"
FULL: Precision = "float32"
FAST: Precision = "mixed_bfloat16"
"""What `auto` chooses between: float16 needs a scaled loss, so only a person chooses it."""

LEAST_GAIN = 1.2  # of FAST over FULL; for less, rounding is not worth a thought
TIMED_REASON = "a step of this network took"  # in the sentence of a choice for which steps were timed
CLOSE_GAINS = (1.1, 1.3)  # between which one timing does not decide: two of the same network differ by some percent


@dataclass(frozen=True)
class PrecisionChoice:
    """`reason` is a sentence that begins with the precision, without the full stop."""

    precision: Precision
    reason: str


def without_timing(
    spec: RunSpec, network: Network, *, has_bfloat16: bool, on_gpu: bool = False
) -> PrecisionChoice | None:
    """Returns the choice where no step has to be timed, else None."""
    if not has_bfloat16:
        return PrecisionChoice(FULL, f"{FULL}: this processor has no instructions for bfloat16")
    if spec.head_epochs() == spec.epochs:
        return PrecisionChoice(FULL, f"{FULL}: the features of its backbone are computed once and kept for other runs")
    if choose_execution(spec, network).small:
        return PrecisionChoice(FULL, f"{FULL}: the network is too small to gain by {FAST}")
    if not on_gpu and (layer := layer_with_coarse_biases(network)) is not None:
        return PrecisionChoice(FULL, f"{FULL}: {why_coarse(layer)}")
    return None


def layer_with_coarse_biases(network: Network) -> str | None:
    """Returns the name of the first layer that can hardly learn its biases with FAST on a processor."""
    return next((layer.name for layer in network.layers if layer.has_coarse_biases_in_bfloat16), None)


def why_coarse(layer: str) -> str:
    return f"with {FAST} a processor rounds the gradients of the biases of {layer} to a fraction of what they are"


def gain(seconds: Mapping[str, float]) -> float:
    """Returns how many times as fast FAST is as FULL, by the seconds of a step with each."""
    return seconds[FULL] / seconds[FAST]


def is_close(seconds: Mapping[str, float]) -> bool:
    return CLOSE_GAINS[0] < gain(seconds) < CLOSE_GAINS[1]


def by_step_seconds(seconds: Mapping[str, float], device: str) -> PrecisionChoice:
    """Returns the faster precision, by the seconds of a step of the very network with each."""
    times = f"{rough_seconds(seconds[FAST])} with {FAST} and {rough_seconds(seconds[FULL])} with {FULL}"
    measured = f"{TIMED_REASON} {times} on {device}"
    if gain(seconds) >= LEAST_GAIN:
        return PrecisionChoice(FAST, f"{FAST}: {measured}, so it is {gain(seconds):.2f} times as fast")
    return PrecisionChoice(FULL, f"{FULL}: {measured}, and a gain below {LEAST_GAIN:g} is not taken")


def with_expected_precision(spec: RunSpec, network: Network, workers: Sequence[WorkerRead]) -> RunSpec:
    """Returns the spec with what `auto` will probably become, by what workers measured of other networks.

    It is for estimates before a launch: the worker that claims the run decides.
    """
    if spec.precision != AUTO:
        return spec
    has_bfloat16 = gains(workers).get(FAST, 1.0) >= LEAST_GAIN
    choice = without_timing(spec, network, has_bfloat16=has_bfloat16, on_gpu=has_gpu(workers))
    expected = choice.precision if choice else _expected(spec, network, workers)
    return spec.model_copy(update={"precision": expected})


def _expected(spec: RunSpec, network: Network, workers: Sequence[WorkerRead]) -> Precision:
    """Returns the precision by the costs of a step, where they are measured."""
    full, fast = (fastest_costs(workers, precision) for precision in (FULL, FAST))
    if full is None or fast is None:
        return FAST
    step = {str(name): RunCosts(costs, spec, network).step() for name, costs in ((FULL, full), (FAST, fast))}
    return FAST if gain(step) >= LEAST_GAIN else FULL


def undecided_as_full(spec: RunSpec) -> RunSpec:
    """Returns the spec with float32 in place of `auto`, for what has no run: a range test, or a script before it."""
    return spec.model_copy(update={"precision": FULL}) if spec.precision == AUTO else spec
