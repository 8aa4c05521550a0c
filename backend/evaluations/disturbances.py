"""The disturbances of a robustness test, each at five strengths; `worker.evaluations.disturb` applies them."""

from dataclasses import dataclass
from typing import Literal

DisturbanceName = Literal["blur", "noise", "brightness", "jpeg", "rotation"]


@dataclass(frozen=True)
class Disturbance:
    """`values` are the five strengths, the weakest first, in the unit that `measure` describes."""

    title: str
    measure: str
    values: tuple[float, float, float, float, float]


DISTURBANCES: dict[DisturbanceName, Disturbance] = {
    "blur": Disturbance("Blur", "standard deviation of a Gaussian, in % of the shorter side", (1.5, 3, 4.5, 6, 8)),
    "noise": Disturbance("Noise", "standard deviation of Gaussian noise, in % of full brightness", (4, 8, 12, 18, 26)),
    "brightness": Disturbance("Darkness", "brightness that is left, in %", (80, 65, 50, 35, 20)),
    "jpeg": Disturbance("JPEG", "quality of the compression, of 100", (60, 40, 20, 10, 5)),
    "rotation": Disturbance("Rotation", "degrees to either side", (5, 10, 15, 20, 30)),
}
