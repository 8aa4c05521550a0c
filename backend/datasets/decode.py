"""Decodes an image file of any size and mode into the pixels of a dataset, the same way for uploads and predictions.

An image is rotated upright (EXIF), composited onto white where it is transparent, and fitted to a square: `crop` cuts
out the centre, `pad` adds black bars, `stretch` changes the aspect ratio. Only the first frame of an animation is used.
Each run's bundle contains a copy of this file, so it imports nothing but NumPy and Pillow.
"""

import struct
import warnings
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"]
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
HEIC_PACKAGE = "pi-heif"  # registers the format HEIF; imported for the first such picture
MAX_PIXELS = 89_478_485
"""Pillow's own default, 256 MiB in RGB. A larger image is refused by its header, before it is decoded."""
RESAMPLING = Image.Resampling.BICUBIC
DRAFT_FACTOR = 2
"""A JPEG is decoded at 1/2, 1/4 or 1/8 scale as long as that is at least this many times the target side."""

# Pillow raises an error only above twice MAX_PIXELS and warns from MAX_PIXELS on; the warning is an error here, too.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class DecodeOptions(Protocol):
    """`image_size` is the side in pixels, `fit` is crop, pad or stretch, `color` is rgb or grayscale."""

    @property
    def image_size(self) -> int: ...
    @property
    def fit(self) -> str: ...
    @property
    def color(self) -> str: ...


class UndecodableImage(Exception):
    """An image can't be decoded. The message is written to follow the file's name and a colon."""


def decode_image(file: BinaryIO, options: DecodeOptions) -> Pixels:
    """Returns the image in `file` as uint8 of shape (image_size, image_size, 3), or (…, 1) for grayscale.

    Raises:
        UndecodableImage: the file is no supported image, is damaged, or has more than MAX_PIXELS.
    """
    try:
        _add_heic(file)
        with Image.open(file, formats=FORMATS) as image:
            return to_pixels(image, options)
    except UndecodableImage:
        raise
    except UnidentifiedImageError:
        raise UndecodableImage(
            "it is not a readable image; supported are JPEG, PNG, GIF, BMP, WebP, TIFF, PPM, AVIF, HEIC and JPEG 2000"
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UndecodableImage(f"its header declares more than {MAX_PIXELS:,} pixels; make it smaller") from None
    except Exception as error:  # Pillow's decoders raise errors of many types
        raise UndecodableImage(f"it is damaged or truncated ({error})") from error


def _add_heic(file: BinaryIO) -> None:
    """Adds HEIC to FORMATS if this is the first such file."""
    head = file.read(12)
    file.seek(0)
    if head[4:8] != b"ftyp" or head[8:] not in HEIC_BRANDS or "HEIF" in FORMATS:
        return
    try:
        import pi_heif
    except ImportError:
        raise UndecodableImage(
            f"it is a HEIC picture, which needs the package {HEIC_PACKAGE}; run: pip install {HEIC_PACKAGE}"
        ) from None
    pi_heif.register_heif_opener()
    FORMATS.append("HEIF")


def to_pixels(image: Image.Image, options: DecodeOptions) -> Pixels:
    """Returns an opened image as uint8 of shape (image_size, image_size, 3), or (…, 1) for grayscale."""
    side = options.image_size
    image.draft(None, (DRAFT_FACTOR * side, DRAFT_FACTOR * side))
    image.load()
    _rotate_upright(image)
    opaque = _opaque(image).convert("L" if options.color == "grayscale" else "RGB")
    square = np.asarray(_to_square(opaque, side, options.fit), dtype=np.uint8)
    return square.reshape(side, side, -1)


def _rotate_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return  # a broken EXIF block does not make the pixels unreadable; the image keeps its stored orientation


def _opaque(image: Image.Image) -> Image.Image:
    """Converts an image to 8 bits per channel and composites transparent pixels onto white."""
    if image.mode == "F":
        raise UndecodableImage("it has 32-bit floating-point channels; supported are 8 and 16 bits per channel")
    if image.mode.startswith("I"):
        return _to_eight_bits(image)
    if not image.has_transparency_data:
        return image
    background = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(background, image.convert("RGBA"))


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Scales 16-bit values, 0 to 65,535, to 0 to 255."""
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 0xFFFF:
        raise UndecodableImage("it has values beyond 16 bits; supported are 8 and 16 bits per channel")
    return Image.fromarray(((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _to_square(image: Image.Image, side: int, fit: str) -> Image.Image:
    if fit == "crop":
        return ImageOps.fit(image, (side, side), RESAMPLING)
    if fit == "stretch":
        return image.resize((side, side), RESAMPLING)
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    padded = Image.new(image.mode, (side, side))
    padded.paste(image.resize((width, height), RESAMPLING), ((side - width) // 2, (side - height) // 2))
    return padded
