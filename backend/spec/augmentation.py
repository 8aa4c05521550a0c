"""Augmentation of training images. The first six fields mean what they mean in Keras' `ImageDataGenerator`."""

from typing import Literal

from pydantic import Field

from backend.spec.part import Part


class Augmentation(Part):
    width_shift: float = Field(0.0, title="Shift sideways", description="at most this share of the width", ge=0, lt=1)
    height_shift: float = Field(
        0.0, title="Shift up and down", description="at most this share of the height", ge=0, lt=1
    )
    horizontal_flip: bool = Field(False, title="Mirror left and right")
    vertical_flip: bool = Field(False, title="Mirror top and bottom")
    rotation: float = Field(0.0, title="Rotate", description="at most so many degrees either way", ge=0, le=180)
    zoom: float = Field(0.0, title="Zoom", description="in and out by at most this share", ge=0, lt=1)
    brightness: float = Field(0.0, title="Brightness", description="times 1 ± at most this", ge=0, le=1)
    contrast: float = Field(0.0, title="Contrast", description="times 1 ± at most this", ge=0, le=1)
    cutout: float = Field(
        0.0, title="Cutout", description="side of a grey square, as a share of the image's", ge=0, lt=1
    )
    fill_mode: Literal["nearest", "reflect", "wrap", "constant"] = Field(
        "nearest", title="Fill", description="what comes in at the edges"
    )
