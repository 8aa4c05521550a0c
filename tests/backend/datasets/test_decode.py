"""Images of all formats and modes are decoded into the pixels of a dataset."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from backend.datasets.pictures.decode import Pixels, UndecodableImage, decode_image
from backend.datasets.schemas import ImageOptions
from tests.support.files.zips import encoded, heic, huge_png, noise, picture

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)


def decode(content: bytes, **options: object) -> Pixels:
    return decode_image(io.BytesIO(content), ImageOptions.model_validate({"image_size": 8, **options}))


def wide_image() -> Image.Image:
    """32 × 8: a red quarter on the left, green in the middle, a blue quarter on the right."""
    image = Image.new("RGB", (32, 8), (0, 255, 0))
    image.paste(RED, (0, 0, 8, 8))
    image.paste((0, 0, 255), (24, 0, 32, 8))
    return image


def test_an_image_of_the_target_size_is_unchanged() -> None:
    image = noise(1, 8, 8)

    for fit in ("crop", "pad", "stretch"):
        np.testing.assert_array_equal(decode(encoded(image), fit=fit), np.asarray(image))


def test_crop_cuts_out_the_centre_pad_adds_black_bars_stretch_keeps_all() -> None:
    cropped, padded, stretched = (decode(encoded(wide_image()), fit=fit) for fit in ("crop", "pad", "stretch"))

    assert (cropped == (0, 255, 0)).all()
    assert (padded[[0, 1, 2, 5, 6, 7]] == BLACK).all()
    assert padded[3, 0].tolist()[0] > 200
    assert stretched[4, 0].tolist()[0] > 200
    assert stretched[4, 7].tolist()[2] > 200


@pytest.mark.parametrize("size", [(1, 400), (400, 1)])
def test_the_narrowest_image_keeps_one_pixel_of_width(size: tuple[int, int]) -> None:
    content = encoded(Image.new("RGB", size, WHITE))

    assert decode(content, fit="pad").any()
    assert (decode(content, fit="crop") == 255).all()


def test_grayscale_has_one_channel() -> None:
    assert decode(picture(), color="grayscale").shape == (8, 8, 1)
    assert decode(encoded(Image.new("L", (9, 9), 77))).tolist() == np.full((8, 8, 3), 77).tolist()


def test_a_large_jpeg_is_decoded_at_a_reduced_scale() -> None:
    content = encoded(Image.new("RGB", (4000, 3000), (10, 200, 30)), "JPEG")

    assert np.abs(decode(content).astype(int) - (10, 200, 30)).max() <= 2


def with_orientation(orientation: int) -> bytes:
    """An image with an EXIF orientation; in its stored pixels the left half is red."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (16, 16), WHITE)
    image.paste(RED, (0, 0, 8, 16))
    return encoded(image, "PNG", exif=exif)


@pytest.mark.parametrize(("orientation", "red"), [(1, (4, 0)), (6, (0, 4)), (3, (4, 7)), (8, (7, 4))])
def test_an_image_is_rotated_upright_by_its_exif_orientation(orientation: int, red: tuple[int, int]) -> None:
    pixels = decode(with_orientation(orientation))

    assert tuple(pixels[red]) == RED
    assert tuple(pixels[7 - red[0], 7 - red[1]]) == WHITE


def transparent_palette() -> bytes:
    """Index 0 is red and opaque, index 1 is fully transparent."""
    image = Image.new("P", (8, 8), 0)
    image.putpalette([*RED, 0, 0, 255])
    image.paste(1, (4, 0, 8, 8))
    return encoded(image, "PNG", transparency=1)


def half_transparent() -> bytes:
    return encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 128)))


def animated() -> bytes:
    frames = [Image.new("P", (8, 8), 0) for _ in range(2)]
    for frame, colour in zip(frames, (RED, WHITE), strict=True):
        frame.putpalette([*colour])
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def sixteen_bits() -> bytes:
    return encoded(Image.fromarray(np.full((8, 8), 0x8080, np.uint16)))


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (lambda: encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"), (254, 0, 0), (254, 0, 0)),
        (sixteen_bits, (128, 128, 128), (128, 128, 128)),
        (transparent_palette, RED, WHITE),
        (half_transparent, (127, 127, 127), (127, 127, 127)),
        (animated, RED, RED),
        (lambda: encoded(Image.new("1", (8, 8), 1)), WHITE, WHITE),
        (lambda: encoded(Image.new("LA", (8, 8), (9, 0))), WHITE, WHITE),
        (lambda: encoded(Image.new("RGB", (8, 8), RED), "WEBP", lossless=True), RED, RED),
        (lambda: encoded(Image.new("RGB", (8, 8), RED), "TIFF"), RED, RED),
        (lambda: encoded(Image.new("I;16", (8, 8), 0xFFFF), "TIFF"), WHITE, WHITE),
        (heic, RED, (0, 0, 255)),
    ],
    ids=["cmyk", "16 bit", "palette", "alpha", "gif", "1 bit", "grey alpha", "webp", "tiff", "16 bit tiff", "heic"],
)
def test_each_format_and_mode_is_converted(
    content: Callable[[], bytes], left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    pixels = decode(content()).astype(int)

    assert np.abs(pixels[4, 1] - left).max() <= 1
    assert np.abs(pixels[4, 6] - right).max() <= 1


def broken_exif() -> bytes:
    return encoded(noise(3, 8, 8), "PNG", exif=b"Exif\0\0nothing of the kind")


def test_an_image_with_broken_exif_is_decoded() -> None:
    np.testing.assert_array_equal(decode(broken_exif()), np.asarray(noise(3, 8, 8)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"these are words", "it is not a readable image; supported are JPEG, PNG"),
        (lambda: b"", "it is not a readable image"),
        (lambda: picture(1, "JPEG")[:400], "it is damaged or truncated"),
        (lambda: picture(1)[:200], "it is damaged or truncated"),
        (huge_png, "its header declares more than 89,478,485 pixels"),
        (lambda: b"%PDF-1.4 a format that Pillow could write", "it is not a readable image"),
        (lambda: struct.pack("<2sI", b"BM", 60) + bytes(80), "it is not a readable image|damaged"),
    ],
    ids=["text", "empty", "cut jpeg", "cut png", "huge", "pdf", "bmp of nothing"],
)
def test_an_undecodable_image_says_why(content: Callable[[], bytes], message: str) -> None:
    with pytest.raises(UndecodableImage, match=message):
        decode(content())
