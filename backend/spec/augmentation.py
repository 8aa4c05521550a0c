"""Augmentation of training images. The first six fields mean what they mean in Keras' `ImageDataGenerator`."""

from typing import Literal

from pydantic import Field

from backend.spec.part import Part


class Augmentation(Part):
    width_shift: float = Field(0.0, title="Width shift", description="maximum, as a share of the width", ge=0, lt=1)
    height_shift: float = Field(0.0, title="Height shift", description="maximum, as a share of the height", ge=0, lt=1)
    horizontal_flip: bool = Field(False, title="Horizontal flip")
    vertical_flip: bool = Field(False, title="Vertical flip")
    rotation: float = Field(0.0, title="Rotation", description="maximum, in degrees, both ways", ge=0, le=180)
    zoom: float = Field(0.0, title="Zoom", description="maximum, in and out, as a share", ge=0, lt=1)
    brightness: float = Field(0.0, title="Brightness", description="factor of 1 ± at most this", ge=0, le=1)
    contrast: float = Field(0.0, title="Contrast", description="factor of 1 ± at most this", ge=0, le=1)
    cutout: float = Field(0.0, title="Cutout", description="side of a grey square, as a share of the image", ge=0, lt=1)
    fill_mode: Literal["nearest", "reflect", "wrap", "constant"] = Field(
        "nearest", title="Fill mode", description="how empty edges are filled"
    )
