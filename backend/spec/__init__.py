"""What a run trains: `RunSpec` and its parts, the one place where fields, limits and defaults are written."""

from backend.spec.augmentation import Augmentation
from backend.spec.callbacks import Callbacks, Checkpoint, EarlyStopping, ReduceLr
from backend.spec.data import DatasetSpec, FromTest, FromTrain, Preprocessing, Scaling, Validation
from backend.spec.model import (
    KerasModel,
    LayerList,
    LayerSpec,
    ModelSpec,
    StridedCnn,
    StridedCnnOptions,
    Vgg,
    VggOptions,
    model_name,
)
from backend.spec.optimizer import Adam, AdamW, Constant, Cosine, Exponential, Optimizer, RmsProp, Schedule, Sgd, Step
from backend.spec.part import Monitor, Part
from backend.spec.run import Loss, Precision, RunSpec

__all__ = [
    "Adam",
    "AdamW",
    "Augmentation",
    "Callbacks",
    "Checkpoint",
    "Constant",
    "Cosine",
    "DatasetSpec",
    "EarlyStopping",
    "Exponential",
    "FromTest",
    "FromTrain",
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
    "ReduceLr",
    "RmsProp",
    "RunSpec",
    "Scaling",
    "Schedule",
    "Sgd",
    "Step",
    "StridedCnn",
    "StridedCnnOptions",
    "Validation",
    "Vgg",
    "VggOptions",
    "model_name",
]
