"""The changes of an image that a what-if request applies, and how far the sliders go."""

from dataclasses import dataclass

Range = tuple[float, float]

MAX_ROTATE_DEGREES = 30.0
MAX_BLUR_SHARE = 1 / 9  # of the shorter side: 3 pixels of 28
MIN_BLUR_PIXELS = 1.0


@dataclass(frozen=True)
class Changes:
    """`rotate` in degrees clockwise; `crop` the share of each side that is cut away; `brightness` and `noise` as shares
    of full brightness, the latter a standard deviation; `blur` the standard deviation of a Gaussian in pixels."""

    rotate: float = 0.0
    crop: float = 0.0
    brightness: float = 0.0
    blur: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True)
class Ranges:
    """The least and the largest value of each slider."""

    rotate: Range
    brightness: Range
    blur: Range
    noise: Range
    crop: Range


def ranges(height: int, width: int) -> Ranges:
    """Returns the sliders' ranges for images of this size."""
    blur = max(MIN_BLUR_PIXELS, round(min(height, width) * MAX_BLUR_SHARE, 1))
    return Ranges((-MAX_ROTATE_DEGREES, MAX_ROTATE_DEGREES), (-1.0, 1.0), (0.0, blur), (0.0, 0.5), (0.0, 0.4))
