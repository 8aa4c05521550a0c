"""The disturbances of a robustness test, each at five strengths; `worker.evaluations.disturb` applies them."""

from dataclasses import dataclass
from typing import Literal

DisturbanceName = Literal["blur", "noise", "brightness", "jpeg", "rotation"]

STRENGTHS = (1, 2, 3, 4, 5)
CLEAN = "clean"


@dataclass(frozen=True)
class Disturbance:
    """`values` are the five strengths, the weakest first, in the unit that `measure` describes."""

    title: str
    measure: str
    values: tuple[float, float, float, float, float]


# Blur is measured by the image's side, so that it takes the same share of detail from images of any size.
DISTURBANCES: dict[DisturbanceName, Disturbance] = {
    "blur": Disturbance("Blur", "σ in % of the side", (1.5, 3, 4.5, 6, 8)),
    "noise": Disturbance("Noise", "σ of 255", (10, 20, 32, 46, 64)),
    "brightness": Disturbance("Darker", "% of brightness", (80, 62, 46, 32, 20)),
    "jpeg": Disturbance("JPEG", "quality of 100", (60, 35, 20, 10, 4)),
    "rotation": Disturbance("Rotation", "degrees to either side", (5, 10, 15, 22, 30)),
}


def conditions() -> list[str]:
    """Returns the names of all conditions that are scored: `clean`, and `blur-1` to `rotation-5`."""
    return [CLEAN, *(f"{name}-{strength}" for name in DISTURBANCES for strength in STRENGTHS)]
