"""Decodes an image file of any size and mode into the pixels of a dataset, the same way for uploads and predictions.

An image is rotated upright (EXIF), composited onto white where it is transparent, and fitted to a square: `crop` cuts
out the centre, `pad` adds black bars, `stretch` changes the aspect ratio. Only the first frame or page is used. Values
of more than 8 bits are scaled by the value range of the dataset: its low end becomes black, its high end white.
Each run's bundle contains a copy of this file, so it imports nothing but NumPy and Pillow (and pi-heif for HEIC).
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL import ImageOps as Ops
from PIL.ImageFile import ImageFile

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[Any]
ValueRange = tuple[float, float]
"""The values that become black and white."""

FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"]
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
HEIC_PACKAGE = "pi-heif"  # registers the format HEIF; imported for the first such picture
MAX_PIXELS = 89_478_485
"""Pillow's own default, 256 MiB in RGB. A larger image is refused by its header, before it is decoded."""
RESAMPLING = Image.Resampling.BICUBIC
DRAFT_FACTOR = 2
"""A JPEG is decoded at 1/2, 1/4 or 1/8 scale as long as that is at least this many times the target side."""

UPRIGHT = dict(enumerate(("FLIP_LEFT_RIGHT", "ROTATE_180", "FLIP_TOP_BOTTOM", "TRANSPOSE"), 2))
UPRIGHT |= dict(enumerate(("ROTATE_270", "TRANSVERSE", "ROTATE_90"), 6))
"""What makes an image of an EXIF orientation upright."""

FULL_RANGE = (0.0, 65_535.0)
BLOCK_VALUES = 4_000_000  # converted at a time, to bound memory

JPEG_START, JPEG_DATA, JPEG_END = b"\xff\xd8\xff", b"\xff\xda", b"\xff\xd9"
JPEG_FILLING = b"\x5a\x3c\x96\x69" * 32  # decodes to other pixels than nothing does
JPEG_BLOCK = 8  # side of the blocks that are stored one after the other
MAX_MISSING = 0.02  # share of its pixels that a JPEG without its end may lack

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


@dataclass(frozen=True)
class Decoded:
    """`size` is the width and height of the original. `has_more` says that only its first page or frame was read, and
    `lacks_end` that it is a JPEG without its end."""

    pixels: Pixels
    size: tuple[int, int]
    has_more: bool = False
    lacks_end: bool = False


def decode_image(file: BinaryIO, options: DecodeOptions, value_range: ValueRange | None = None) -> Pixels:
    """Returns the image in `file` as uint8 of shape (image_size, image_size, 3), or (…, 1) for grayscale.

    Raises:
        UndecodableImage: the file is no supported image, is damaged, or has more than MAX_PIXELS.
    """
    return decode(file, options, value_range).pixels


def decode(file: BinaryIO, options: DecodeOptions, value_range: ValueRange | None = None) -> Decoded:
    """Decodes as `decode_image`; also returns what else is known of the file."""
    try:
        decoded = _decode(file, options, value_range)
        return replace(decoded, lacks_end=_lacks_end(file))
    except UndecodableImage as error:
        if (repaired := _with_end(file)) is None:
            raise error from None
        return replace(_decode(repaired, options, value_range), lacks_end=True)


def deep_values(file: BinaryIO) -> Values | None:
    """Returns the values of an image with more than 8 bits per channel, of shape (h, w) or (h, w, 3); else None."""
    with _opened(file) as image:
        return _deep_values(image, file)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[ImageFile]:
    """Opens an image from its beginning; every error of Pillow becomes UndecodableImage."""
    try:
        file.seek(0)
        _add_heic(file)
        with Image.open(file, formats=FORMATS) as image:
            yield image
    except UndecodableImage:
        raise
    except Exception as error:  # Pillow's decoders raise errors of many types
        raise _undecodable(error) from error


def _undecodable(error: Exception) -> UndecodableImage:
    if isinstance(error, UnidentifiedImageError):
        return UndecodableImage(
            "it is not a readable image; supported are JPEG, PNG, GIF, BMP, WebP, TIFF of one, three or four channels, "
            "PPM, AVIF, HEIC and JPEG 2000"
        )
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return UndecodableImage(f"its header declares more than {MAX_PIXELS:,} pixels; make it smaller")
    return UndecodableImage(f"it is damaged or truncated ({error})")


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


def _decode(file: BinaryIO, options: DecodeOptions, value_range: ValueRange | None) -> Decoded:
    side = options.image_size
    with _opened(file) as image:
        size, has_more = image.size, bool(getattr(image, "is_animated", False)) and image.format != "MPO"
        values = _deep_values(image, file)
        image.draft(None, (DRAFT_FACTOR * side, DRAFT_FACTOR * side))
        image.load()
        orientation = _orientation(image)
        converted = _opaque(image if values is None else _in_eight_bits(values, image, value_range))
        converted = converted.convert("L" if options.color == "grayscale" else "RGB")
        if orientation in UPRIGHT:
            converted = converted.transpose(Image.Transpose[UPRIGHT[orientation]])
        square = np.asarray(_to_square(converted, side, options.fit), dtype=np.uint8)
    return Decoded(square.reshape(side, side, -1), size, has_more)


def _orientation(image: Image.Image) -> int:
    """Returns the EXIF orientation. A broken EXIF block does not make the pixels unreadable: it counts as none."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1


def _opaque(image: Image.Image) -> Image.Image:
    """Composites transparent pixels onto white."""
    if not image.has_transparency_data:
        return image
    background = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(background, image.convert("RGBA"))


def _deep_values(image: ImageFile, file: BinaryIO) -> Values | None:
    """Returns the colours of an opened image as they are stored, if they have more than 8 bits per channel."""
    if image.mode == "F" or image.mode.startswith("I"):
        values = np.asarray(image)
        return values.view(np.uint32) if _is_unsigned(image, values) else values
    raw_mode = _raw_mode(image)
    if raw_mode == "LA;16B":  # the four bytes of a pixel are those of another mode
        four = _read_as(file, "CMYK", "CMYK").astype(np.uint16)
        return four[..., 0] << 8 | four[..., 1]
    if ";16" not in raw_mode or not raw_mode.startswith("RGB"):
        return None
    big, little = (_read_as(file, image.mode, f"{raw_mode[:-1]}{order}")[..., :3].astype(np.uint16) for order in "BL")
    return big << 8 | little if raw_mode.endswith("B") else little << 8 | big


def _is_unsigned(image: Image.Image, values: Values) -> bool:
    """True for unsigned 32-bit integers, which Pillow reads as signed ones."""
    tags = getattr(image, "tag_v2", {})
    return bool(values.dtype == np.int32 and tags.get(258) == (32,) and tags.get(339, (1,)) == (1,))


def _raw_mode(image: ImageFile) -> str:
    """Returns how Pillow unpacks an image, such as `RGB;16B`; of 16 bits it keeps the upper 8."""
    if not image.tile:
        return ""
    arguments = image.tile[0].args
    return str(arguments[0] if isinstance(arguments, tuple) else arguments).replace("16N", "16L")


def _read_as(file: BinaryIO, mode: str, raw_mode: str) -> Pixels:
    """Returns an image as unpacked in another way. `RGB;16L` of big-endian values has their lower 8 bits."""
    with _opened(file) as image:
        image._mode = mode
        image.tile = [
            tile._replace(args=(raw_mode, *tile.args[1:]) if isinstance(tile.args, tuple) else raw_mode)
            for tile in image.tile
        ]
        return np.asarray(image)


def _in_eight_bits(values: Values, image: Image.Image, value_range: ValueRange | None) -> Image.Image:
    """Returns an image of 8 bits per channel, with the transparency of `image`."""
    low, high = value_range or _usual_range(values)
    colors = np.empty(values.shape, np.uint8)
    step = max(1, BLOCK_VALUES // max(1, values[0].size))
    for start in range(0, len(values), step):
        block = np.nan_to_num(values[start : start + step].astype(np.float64), nan=low, posinf=high, neginf=low)
        colors[start : start + step] = (np.clip(block, low, high) - low) * (255 / (high - low)) + 0.5
    scaled = Image.fromarray(colors)
    if image.mode in ("RGBA", "LA"):
        scaled.putalpha(image.getchannel("A"))
    return scaled


def _usual_range(values: Values) -> ValueRange:
    """Returns the range of an image whose dataset has none: that of 16 bits, or its own ends if it has other values."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if values.dtype.kind in "iu" and low >= FULL_RANGE[0] and high <= FULL_RANGE[1]:
        return FULL_RANGE
    return (low, high) if low < high else (low, low + 1)


def _to_square(image: Image.Image, side: int, fit: str) -> Image.Image:
    if fit == "crop":
        return Ops.fit(image, (side, side), RESAMPLING)
    if fit == "stretch":
        return image.resize((side, side), RESAMPLING)
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    padded = Image.new(image.mode, (side, side))
    padded.paste(image.resize((width, height), RESAMPLING), ((side - width) // 2, (side - height) // 2))
    return padded


def _lacks_end(file: BinaryIO) -> bool:
    """True for a JPEG without an end mark after its data. Other bytes may follow the mark."""
    file.seek(0)
    if file.read(3) != JPEG_START:
        return False
    file.seek(-len(JPEG_END), io.SEEK_END)
    if file.read() == JPEG_END:
        return False
    file.seek(0)
    content = file.read()
    return content.rfind(JPEG_END) < content.rfind(JPEG_DATA)


def _with_end(file: BinaryIO) -> BinaryIO | None:
    """Returns a JPEG that lacks its end mark with one, if at most MAX_MISSING of its pixels are missing; else None."""
    file.seek(0)
    content = file.read()
    if not content.startswith(JPEG_START) or content.endswith(JPEG_END):
        return None
    content = content.rstrip(b"\xff")
    try:
        missing = _missing_share(_brightness(content + JPEG_END), _brightness(content + JPEG_FILLING + JPEG_END))
    except UndecodableImage:
        return None
    return io.BytesIO(content + JPEG_END) if missing <= MAX_MISSING else None


def _brightness(content: bytes) -> Pixels:
    with _opened(io.BytesIO(content)) as image:
        image.draft("L", image.size)
        return np.asarray(image.convert("L"))


def _missing_share(pixels: Pixels, filled: Pixels) -> float:
    """Returns the share of the pixels after the first one that the filling changes: there the file's data end."""
    rows, columns = np.nonzero(pixels != filled)
    if not rows.size:
        return 0.0
    height, width = pixels.shape
    first = int(rows.min())
    read = first * width + JPEG_BLOCK * int(columns[rows < first + JPEG_BLOCK].min())
    return float(1 - read / (height * width))
