"""The learning-rate range test of a spec: the helper trains 100 steps, and their losses suggest a rate."""

from itertools import accumulate

import numpy as np
from pydantic import BaseModel, Field

from backend.datasets import registry
from backend.datasets.versions import resolve
from backend.db.engine import Database
from backend.errors import FieldError, Invalid, NotFound
from backend.messaging.rpc import HelperClient
from backend.phrases import rough_seconds, sentence
from backend.planning.check import check
from backend.planning.initial_weights import best_model_path
from backend.planning.schemas import SpecCheck
from backend.settings import Settings
from backend.spec import RunSpec

STEPS = 100
MAX_SECONDS = 15.0  # of the steps; the request waits for 30 s
SMOOTHING = 0.85  # of the moving average: a batch of 32 images says little
LEAST_FALL = 0.05  # of the first loss: less is the difference of two batches
BELOW_LOWEST = 10  # the loss is lowest where training begins to diverge; a tenth of that rate is safe


class LearningRateRange(BaseModel):
    """`losses` are smoothed, one for each of `learning_rates`. `suggestion` is null where the loss never fell."""

    learning_rates: list[float] = Field(description="growing by the same factor from step to step")
    losses: list[float]
    suggestion: float | None
    text: str


def learning_rate_range(
    database: Database, helper: HelperClient, spec: RunSpec, settings: Settings
) -> LearningRateRange:
    """Returns the losses of 100 steps at growing rates, and a rate to train with.

    Raises:
        NotFound: the dataset is not there, or not prepared yet.
        Invalid: the spec can't be trained, or is too slow for the test.
        Unavailable: no worker answered.
    """
    with database.read() as session:  # closed before the wait for the helper
        spec = resolve(session, spec)
        row = registry.find(session, spec.dataset.name)
        estimate = check(session, spec, settings.lease_seconds, settings.data_dir)
        initial = best_model_path(session, spec)
    for error in estimate.errors:
        raise Invalid(sentence(error.msg), [FieldError(error.loc, error.msg)])
    if row is None or row.folder is None:
        raise NotFound(f"Dataset {spec.dataset.name!r} is not downloaded yet; download it first.")
    _refuse_slow(estimate)
    dataset = {"folder": row.folder, "spec": spec.as_json(), "initial": initial}
    reply = helper.call({"kind": "learning_rate_range", "seconds": MAX_SECONDS, **dataset})
    return evaluate(reply["learning_rates"], reply["losses"])


def _refuse_slow(estimate: SpecCheck) -> None:
    """Spares the helper a network that would not finish its steps on the fastest device. Raises Invalid."""
    epoch = estimate.seconds_per_epoch_range[0] if estimate.seconds_per_epoch_range else estimate.seconds_per_epoch
    seconds = STEPS * (epoch or 0.0) / (estimate.batches_per_epoch or STEPS)
    if seconds > MAX_SECONDS:
        raise Invalid(
            f"{STEPS} steps of this network take at least {rough_seconds(seconds)}; a test may take {MAX_SECONDS:g} s. "
            "Use smaller batches or a smaller network for it, or launch short runs at a few rates."
        )


def evaluate(rates: list[float], losses: list[float]) -> LearningRateRange:
    """Smooths the losses, and suggests a tenth of the rate at the lowest one."""
    smooth = smoothed(losses)
    lowest = int(np.argmin(smooth)) if smooth else 0
    if not smooth or smooth[lowest] > (1 - LEAST_FALL) * smooth[0]:
        text = "The loss fell at no learning rate: the network, the scaling of the pixels or the loss is at fault."
        return LearningRateRange(learning_rates=rates, losses=smooth, suggestion=None, text=text)
    suggestion = float(f"{rates[lowest] / BELOW_LOWEST:.2g}")
    text = (
        f"The loss fell up to a rate of {rates[lowest]:.2g} in {len(smooth)} steps. A tenth of that, {suggestion:g}, "
        "trains fast and leaves room before it diverges."
    )
    return LearningRateRange(learning_rates=rates, losses=smooth, suggestion=suggestion, text=text)


def smoothed(losses: list[float]) -> list[float]:
    """Returns the exponential moving average, corrected for its start at 0 as Adam's moments are."""
    sums = accumulate(losses, lambda mean, loss: SMOOTHING * mean + (1 - SMOOTHING) * loss, initial=0.0)
    return [mean / (1 - SMOOTHING**step) for step, mean in enumerate(sums) if step]
