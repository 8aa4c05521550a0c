"""Pictures of all kinds become the pixels of a dataset."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from backend.datasets.decode import NotAPicture, Pixels, read_picture
from backend.datasets.schemas import PictureOptions
from tests.support.zips import encoded, huge_png, noise, picture

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)


def read(content: bytes, **options: object) -> Pixels:
    return read_picture(io.BytesIO(content), PictureOptions.model_validate({"image_size": 8, **options}))


def wide() -> Image.Image:
    """32 × 8: a red quarter on the left, green in the middle, a blue quarter on the right."""
    image = Image.new("RGB", (32, 8), (0, 255, 0))
    image.paste(RED, (0, 0, 8, 8))
    image.paste((0, 0, 255), (24, 0, 32, 8))
    return image


def test_the_size_that_is_asked_for_is_kept_to_the_pixel() -> None:
    image = noise(1, 8, 8)

    for fit in ("crop", "pad", "stretch"):
        np.testing.assert_array_equal(read(encoded(image), fit=fit), np.asarray(image))


def test_crop_takes_the_middle_pad_adds_black_bars_stretch_keeps_all() -> None:
    cropped, padded, stretched = (read(encoded(wide()), fit=fit) for fit in ("crop", "pad", "stretch"))

    assert (cropped == (0, 255, 0)).all()
    assert (padded[[0, 1, 2, 5, 6, 7]] == BLACK).all()
    assert padded[3, 0].tolist()[0] > 200
    assert stretched[4, 0].tolist()[0] > 200
    assert stretched[4, 7].tolist()[2] > 200


@pytest.mark.parametrize("size", [(1, 400), (400, 1)])
def test_the_narrowest_picture_has_a_pixel_across(size: tuple[int, int]) -> None:
    content = encoded(Image.new("RGB", size, WHITE))

    assert read(content, fit="pad").any()
    assert (read(content, fit="crop") == 255).all()


def test_grey_has_one_channel() -> None:
    assert read(picture(), color="grayscale").shape == (8, 8, 1)
    assert read(encoded(Image.new("L", (9, 9), 77))).tolist() == np.full((8, 8, 3), 77).tolist()


def test_a_large_photo_is_not_decoded_whole() -> None:
    content = encoded(Image.new("RGB", (4000, 3000), (10, 200, 30)), "JPEG")

    assert np.abs(read(content).astype(int) - (10, 200, 30)).max() <= 2


def turned(orientation: int) -> bytes:
    """A photo that says how the camera was held: in the file its red part lies on the left."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (16, 16), WHITE)
    image.paste(RED, (0, 0, 8, 16))
    return encoded(image, "PNG", exif=exif)


@pytest.mark.parametrize(("orientation", "red"), [(1, (4, 0)), (6, (0, 4)), (3, (4, 7)), (8, (7, 4))])
def test_a_turned_photo_is_shown_upright(orientation: int, red: tuple[int, int]) -> None:
    shown = read(turned(orientation))

    assert tuple(shown[red]) == RED
    assert tuple(shown[7 - red[0], 7 - red[1]]) == WHITE


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
    ],
    ids=["cmyk", "16 bit", "palette", "alpha", "gif", "1 bit", "grey alpha", "webp", "tiff", "16 bit tiff"],
)
def test_each_kind_is_converted(content: Callable[[], bytes], left: tuple[int, ...], right: tuple[int, ...]) -> None:
    shown = read(content()).astype(int)

    assert np.abs(shown[4, 1] - left).max() <= 1
    assert np.abs(shown[4, 6] - right).max() <= 1


def broken_exif() -> bytes:
    return encoded(noise(3, 8, 8), "PNG", exif=b"Exif\0\0nothing of the kind")


def test_broken_exif_is_no_reason_to_refuse_a_photo() -> None:
    np.testing.assert_array_equal(read(broken_exif()), np.asarray(noise(3, 8, 8)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"these are words", "it is not an image that can be read; JPEG, PNG"),
        (lambda: b"", "it is not an image"),
        (lambda: picture(1, "JPEG")[:400], "it is damaged or cut off"),
        (lambda: picture(1)[:200], "it is damaged or cut off"),
        (huge_png, "its header says that it has more than 89,478,485 pixels"),
        (lambda: encoded(Image.new("F", (8, 8)), "TIFF"), "32-bit floating-point"),
        (lambda: encoded(Image.new("I", (8, 8), 1 << 20), "TIFF"), "values beyond 16 bits"),
        (lambda: b"%PDF-1.4 a format that Pillow could write", "it is not an image"),
        (lambda: struct.pack("<2sI", b"BM", 60) + bytes(80), "it is not an image|damaged"),
    ],
    ids=["text", "empty", "cut jpeg", "cut png", "huge", "float", "32 bit", "pdf", "bmp of nothing"],
)
def test_what_is_no_picture_says_why(content: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(NotAPicture, match=sentence):
        read(content())
