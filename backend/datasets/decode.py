"""A picture as somebody made it, turned into the pixels of a dataset: the same way for uploads and for predictions.

It is turned upright (EXIF), laid on white where it is transparent, and then brought to the size: `crop` cuts the middle
out, `pad` adds black bars, `stretch` distorts. Of an animation the first picture is taken. This file is part of each
run's bundle, too, so that it needs no more than NumPy and Pillow.
"""

import struct
import warnings
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
MAX_PIXELS = 89_478_485
"""Pillow's own limit; a quarter of a GiB in RGB. What has more is refused by its header."""
RESAMPLING = Image.Resampling.BICUBIC
MARGIN = 2
"""A JPEG is decoded at a half, a quarter or an eighth while it stays this many times larger than what is needed."""

# Pillow refuses twice as much and warns between: what it warns of is refused here too.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class Options(Protocol):
    """`fit` is crop, pad or stretch, `color` rgb or grayscale; `image_size` the side in pixels."""

    @property
    def image_size(self) -> int: ...
    @property
    def fit(self) -> str: ...
    @property
    def color(self) -> str: ...


class NotAPicture(Exception):
    """What is wrong with a picture, to be read after its name and a colon."""


def read_picture(file: BinaryIO, options: Options) -> Pixels:
    """The first picture in `file`: uint8, image_size × image_size × 3, or × 1 in grey.

    Raises:
        NotAPicture: it can't be read, or has more than MAX_PIXELS.
    """
    try:
        with Image.open(file, formats=FORMATS) as opened:
            return pixels(opened, options)
    except NotAPicture:
        raise
    except UnidentifiedImageError:
        raise NotAPicture("it is not an image that can be read; JPEG, PNG, GIF, BMP, WebP, TIFF and PPM can") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(f"its header says that it has more than {MAX_PIXELS:,} pixels; make it smaller") from None
    except Exception as error:  # Pillow's decoders raise whatever they stumble over
        raise NotAPicture(f"it is damaged or cut off ({error})") from error


def pixels(opened: Image.Image, options: Options) -> Pixels:
    """uint8, image_size × image_size × 3, or × 1 in grey."""
    side = options.image_size
    opened.draft(None, (MARGIN * side, MARGIN * side))
    opened.load()
    _turn_upright(opened)
    plain = _opaque(opened).convert("L" if options.color == "grayscale" else "RGB")
    fitted = np.asarray(_fitted(plain, side, options.fit), dtype=np.uint8)
    return fitted.reshape(side, side, -1)


def _turn_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return  # its EXIF block is broken, its pixels are not: it is shown as it lies


def _opaque(image: Image.Image) -> Image.Image:
    """In 8 bits a channel, and laid on white where it is transparent."""
    if image.mode == "F":
        raise NotAPicture("it holds 32-bit floating-point values; 8 and 16 bits a channel can be read")
    if image.mode.startswith("I"):
        return _eight_bits(image)
    if not image.has_transparency_data:
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA"))


def _eight_bits(image: Image.Image) -> Image.Image:
    """From 16 bits, 0 to 65,535 spread over 0 to 255."""
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 0xFFFF:
        raise NotAPicture("it holds values beyond 16 bits; 8 and 16 bits a channel can be read")
    return Image.fromarray(((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _fitted(image: Image.Image, side: int, fit: str) -> Image.Image:
    if fit == "crop":
        return ImageOps.fit(image, (side, side), RESAMPLING)
    if fit == "stretch":
        return image.resize((side, side), RESAMPLING)
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    bars = Image.new(image.mode, (side, side))
    bars.paste(image.resize((width, height), RESAMPLING), ((side - width) // 2, (side - height) // 2))
    return bars
