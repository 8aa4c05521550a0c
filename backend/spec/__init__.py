"""What a run trains: `RunSpec` and its parts, the one place where fields, limits, defaults and choices are written."""

from backend.spec.augmentation import Augmentation
from backend.spec.backbones import BackbonePart
from backend.spec.callbacks import Callbacks, Checkpoint, EarlyStopping, ReduceLr
from backend.spec.data import DatasetSpec, FromTest, FromTrain, FromValidation, Preprocessing, Scaling
from backend.spec.losses import Loss
from backend.spec.model import KerasModel, LayerList, LayerSpec, ModelSpec, model_name
from backend.spec.optimizers import Optimizer
from backend.spec.part import Monitor, Part
from backend.spec.presets import PresetPart
from backend.spec.run import Epochs, Precision, RunSpec
from backend.spec.schedules import Constant, Cosine, Exponential, Schedule, Step

__all__ = [
    "Augmentation",
    "BackbonePart",
    "Callbacks",
    "Checkpoint",
    "Constant",
    "Cosine",
    "DatasetSpec",
    "EarlyStopping",
    "Epochs",
    "Exponential",
    "FromTest",
    "FromTrain",
    "FromValidation",
    "KerasModel",
    "LayerList",
    "LayerSpec",
    "Loss",
    "ModelSpec",
    "Monitor",
    "Optimizer",
    "Part",
    "Precision",
    "Preprocessing",
    "PresetPart",
    "ReduceLr",
    "RunSpec",
    "Scaling",
    "Schedule",
    "Step",
    "model_name",
]
