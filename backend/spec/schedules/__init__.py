"""How the learning rate changes from epoch to epoch: the table of schedules, a file for each."""

from typing import TYPE_CHECKING

from backend.spec.choices import Choices
from backend.spec.schedules.base import SchedulePart
from backend.spec.schedules.constant import Constant
from backend.spec.schedules.cosine import Cosine
from backend.spec.schedules.exponential import Exponential
from backend.spec.schedules.step import Step

SCHEDULES: Choices[SchedulePart] = Choices("name", Constant, Step, Cosine, Exponential)

if TYPE_CHECKING:
    Schedule = SchedulePart
else:
    Schedule = SCHEDULES.union()

__all__ = ["SCHEDULES", "Constant", "Cosine", "Exponential", "Schedule", "SchedulePart", "Step"]
