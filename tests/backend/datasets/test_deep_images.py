"""Images of more than 8 bits are scaled by a value range; JPEG files that lack their end are kept if they are whole."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from backend.datasets.pictures.decode import Decoded, Pixels, UndecodableImage, ValueRange, decode, deep_values
from backend.datasets.pictures.value_range import ValueSample, own_range, range_text
from backend.datasets.schemas import ImageOptions
from tests.support.files.zips import deep_png, encoded, noise

OPTIONS = ImageOptions(image_size=8)
TWELVE_BITS = (0.0, 4095.0)


def decoded(content: bytes, value_range: ValueRange | None = None) -> Decoded:
    return decode(io.BytesIO(content), OPTIONS, value_range)


def shades(content: bytes, value_range: ValueRange | None = None) -> list[int]:
    """Returns the red of the first row."""
    pixels: Pixels = decoded(content, value_range).pixels
    return list(map(int, pixels[0, :, 0]))


def steps(high: float, dtype: str = "uint16") -> npt.NDArray[Any]:
    """Eight columns, from 0 to `high`."""
    return np.tile(np.linspace(0, high, 8), (8, 1)).astype(dtype)


def tiff(values: npt.NDArray[Any]) -> bytes:
    return encoded(Image.fromarray(values), "TIFF")


EIGHT_SHADES = [0, 36, 73, 109, 146, 182, 219, 255]


@pytest.mark.parametrize(
    "content",
    [
        tiff(steps(4095)),
        deep_png(steps(4095)),
        deep_png(np.stack([steps(4095)] * 3, axis=2)),
        deep_png(np.stack([steps(4095), np.full((8, 8), 65535)], axis=2)),
        deep_png(np.stack([*[steps(4095)] * 3, np.full((8, 8), 65535)], axis=2)),
        tiff(steps(4095, "int32")),
        tiff(steps(4095, "float32")),
    ],
    ids=["tiff", "png", "rgb", "grey and alpha", "rgba", "32 bit", "float"],
)
def test_twelve_data_bits_become_all_shades(content: bytes) -> None:
    assert shades(content, TWELVE_BITS) == pytest.approx(EIGHT_SHADES, abs=1)


def test_without_a_range_16_bits_are_what_they_were() -> None:
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    options = ImageOptions(image_size=256, color="grayscale")

    pixels = decode(io.BytesIO(deep_png(every)), options).pixels

    np.testing.assert_array_equal(pixels[:, :, 0], (every.astype(np.uint32) + 128) // 257)


def test_a_float_image_without_a_range_has_its_own() -> None:
    assert shades(tiff(steps(1, "float32"))) == pytest.approx(EIGHT_SHADES, abs=1)
    assert shades(tiff(steps(300_000, "int32"))) == pytest.approx(EIGHT_SHADES, abs=1)


def test_nan_is_black_and_infinity_white() -> None:
    values = steps(1, "float32")
    values[0, :3] = (np.nan, np.inf, -np.inf)

    assert shades(tiff(values), (0.0, 1.0))[:3] == [0, 255, 0]


def test_negative_values_are_read() -> None:
    values = deep_values(io.BytesIO(tiff(steps(4000, "int32") - 1000)))

    assert values is not None
    assert (values.min(), values.max()) == (-1000, 3000)
    assert shades(tiff(steps(4000, "int32") - 1000), (-1000.0, 3000.0)) == pytest.approx(EIGHT_SHADES, abs=1)


def test_an_image_of_8_bits_has_no_deep_values() -> None:
    assert deep_values(io.BytesIO(encoded(noise(0), "TIFF"))) is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1, 10, (1, 10)),
        (0, 200, (0, 255)),
        (3, 4011, TWELVE_BITS),
        (0, 65_000, (0, 65_535)),
        (29_000, 31_000, (29_000, 31_000)),
        (0.0, 0.9, (0, 1)),
        (-0.8, 0.9, (-1, 1)),
        (-1000.0, 3000.0, (-1000, 3000)),
        (0, 0, (0, 1)),
        (70_000, 70_000, (70_000, 70_001)),
    ],
)
def test_the_own_range_is_the_narrowest_usual_one_that_the_values_use(
    low: float, high: float, expected: ValueRange
) -> None:
    assert own_range(np.linspace(low, high, 1000)) == pytest.approx(expected)


def test_hot_pixels_and_nan_do_not_widen_the_range() -> None:
    values = np.linspace(0, 4000, 100_000)
    values[:5] = (65_535, np.nan, np.inf, -np.inf, -5)

    assert own_range(values) == TWELVE_BITS
    assert own_range(np.full(9, np.nan)) == (0, 1)


def test_the_range_of_a_dataset_is_found_over_all_of_its_images() -> None:
    sample = ValueSample(2)
    sample.add(steps(300))
    sample.add(steps(4000))

    assert (sample.own(), sample.full()) == (TWELVE_BITS, (0, 65_535))
    assert range_text(sample.own()) == "0 to 4,095"


def test_the_full_range_is_that_of_the_kind_of_numbers() -> None:
    fractions, signed = ValueSample(1), ValueSample(1)
    fractions.add(steps(7, "float32"))
    signed.add(steps(4000, "int32") - 1000)

    assert fractions.full() == (0, 1)
    assert signed.full() == (-32_768, 32_767)


def photo(kind: dict[str, object]) -> bytes:
    """A smooth picture whose lower half is white: a decoder can't tell missing blocks from what is there."""
    image = noise(1, 8, 8).resize((160, 160))
    image.paste((255, 255, 255), (0, 80, 160, 160))
    return encoded(image, "JPEG", **kind)


@pytest.mark.parametrize(
    "kind",
    [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}],
    ids=["baseline", "progressive", "4:4:4", "restart markers"],
)
def test_a_jpeg_that_lacks_only_its_end_is_kept(kind: dict[str, object]) -> None:
    content = photo(kind)

    for end in (1, 2):
        cut = decoded(content[:-end])
        assert cut.lacks_end
        np.testing.assert_array_equal(cut.pixels, decoded(content).pixels)
    assert not decoded(content).lacks_end
    assert not decoded(content + b"bytes that a camera appends").lacks_end


@pytest.mark.parametrize(
    "kind", [{}, {"progressive": True}, {"subsampling": 0}], ids=["baseline", "progressive", "4:4:4"]
)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_a_jpeg_that_lacks_more_is_left_out(kind: dict[str, object], share: float) -> None:
    content = photo(kind)

    with pytest.raises(UndecodableImage, match="truncated"):
        decoded(content[: -int(share * len(content))])


def test_only_the_first_page_is_used_and_a_notice_says_so() -> None:
    pages = encoded(noise(1, 8, 8), "TIFF", save_all=True, append_images=[noise(2, 8, 8)])

    assert decoded(pages).has_more
    assert not decoded(encoded(noise(1), "TIFF")).has_more
    np.testing.assert_array_equal(decoded(pages).pixels, np.asarray(noise(1, 8, 8)))
