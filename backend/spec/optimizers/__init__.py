"""How weights are updated: the table of optimizers, a file for each, with Keras' own arguments and defaults."""

from typing import TYPE_CHECKING

from backend.spec.choices import Choices
from backend.spec.optimizers.adam import Adam
from backend.spec.optimizers.adamw import AdamW
from backend.spec.optimizers.base import OptimizerPart
from backend.spec.optimizers.rmsprop import RmsProp
from backend.spec.optimizers.sgd import Sgd

OPTIMIZERS: Choices[OptimizerPart] = Choices("name", Adam, AdamW, Sgd, RmsProp, default=Adam)

if TYPE_CHECKING:
    Optimizer = OptimizerPart
else:
    Optimizer = OPTIMIZERS.union()

__all__ = ["OPTIMIZERS", "Adam", "AdamW", "Optimizer", "OptimizerPart", "RmsProp", "Sgd"]
