"""What "better" means for a monitored metric."""

import math
from collections.abc import Mapping
from typing import Any, Literal


def mode(monitor: str) -> Literal["min", "max"]:
    """Returns "min" for losses and "max" for all else. Keras itself can't tell for `val_macro_f1`."""
    return "min" if monitor.endswith("loss") else "max"


def watched(monitor: str, logs: Mapping[str, Any]) -> float:
    """Returns the monitor's value, or NaN if a loss of that epoch is not finite, since no accuracy means much then."""
    losses = (float(logs.get(name, 0.0)) for name in ("loss", "val_loss"))
    return float(logs[monitor]) if all(math.isfinite(loss) for loss in losses) else math.nan


def worst_if_nan(monitor: str, value: float) -> float:
    """Replaces NaN by the worst value: for Keras' callbacks a first NaN would stay the best."""
    if not math.isnan(value):
        return value
    return math.inf if mode(monitor) == "min" else -math.inf


def is_better(monitor: str, value: float, best: float | None) -> bool:
    """Returns whether `value` is better than `best`; NaN and infinity never are."""
    if not math.isfinite(value):
        return False
    if best is None:
        return True
    return value < best if mode(monitor) == "min" else value > best


def not_improved(monitor: str, epochs: int) -> str:
    return f"{monitor} has not improved for {epochs} {'epoch' if epochs == 1 else 'epochs'}"
