"""Learning rates, epoch by epoch."""

import pytest

from backend.spec import Constant, Cosine, Exponential, Schedule, Step
from backend.spec.optimizers import Adam


def rates(learning_rate: float, schedule: Schedule | None, epochs: int) -> list[float]:
    optimizer = Adam(learning_rate=learning_rate, schedule=schedule)
    return [optimizer.learning_rate_of(epoch, epochs) for epoch in range(1, epochs + 1)]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (None, [1.0, 1.0, 1.0, 1.0, 1.0]),
        (Constant(warmup_epochs=3), [0.25, 0.5, 0.75, 1.0, 1.0]),
        (Step(every=2, factor=0.1), [1.0, 1.0, 0.1, 0.1, 0.01]),
        (Step(every=2, factor=0.1, warmup_epochs=1), [0.5, 1.0, 1.0, 0.1, 0.1]),
        (Exponential(decay_rate=0.5), [1.0, 0.5, 0.25, 0.125, 0.0625]),
        (Cosine(), [1.0, 0.853553, 0.5, 0.146447, 0.0]),
        (Cosine(alpha=0.2, warmup_epochs=2), [1 / 3, 2 / 3, 1.0, 0.6, 0.2]),
    ],
)
def test_each_epoch_has_its_rate(schedule: Schedule | None, expected: list[float]) -> None:
    assert rates(1.0, schedule, 5) == pytest.approx(expected, abs=1e-6)


def test_a_warm_up_longer_than_the_run_only_rises() -> None:
    assert rates(1.0, Cosine(warmup_epochs=9), 3) == pytest.approx([0.1, 0.2, 0.3])


def test_a_cosine_of_one_epoch_is_its_full_rate() -> None:
    assert rates(0.01, Cosine(), 1) == [0.01]
