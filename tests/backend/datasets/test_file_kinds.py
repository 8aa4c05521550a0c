"""A file is recognised by its first bytes, and one that is no image is named with the step that makes it one."""

import struct

import pytest
from PIL import Image

from backend.datasets.pictures.file_kinds import EMPTY, HEIC, JPEG, RAW, TEXT, TIFF, UNKNOWN, kind_of
from tests.support.files.zips import encoded, noise


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"])
def test_each_format_that_is_decoded_is_recognised(kind: str) -> None:
    assert kind_of(encoded(noise(0).convert("P" if kind == "GIF" else "RGB"), kind)).is_image


def test_an_image_of_more_than_eight_bits_may_be_deep() -> None:
    assert kind_of(encoded(Image.new("I;16", (9, 9), 4095), "PNG")).is_deep
    assert not kind_of(encoded(noise(0), "PNG")).is_deep


def media(brand: bytes, *compatible: bytes) -> bytes:
    brands = b"".join(compatible)
    return struct.pack(">I", 16 + len(brands)) + b"ftyp" + brand + bytes(4) + brands


def tiff(*tags: tuple[int, int]) -> bytes:
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags
    )


def test_a_media_file_is_named_by_its_brand() -> None:
    assert kind_of(media(b"heic")) is HEIC
    assert kind_of(media(b"mif1", b"heic")) is HEIC
    assert kind_of(media(b"mif1", b"avif")).name == "an AVIF"
    assert kind_of(media(b"crx ")) is RAW
    assert kind_of(media(b"isom")).name == "a video (MP4 or MOV)"


def test_raw_data_of_a_camera_are_no_tiff() -> None:
    assert kind_of(tiff((254, 1), (330, 400))) is RAW
    assert kind_of(tiff((50706, 0x0104))) is RAW
    assert kind_of(tiff((254, 0), (256, 64))) is TIFF


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b'<?xml version="1.0"?><svg xmlns="x">', "it is a drawing (SVG), not an image; export it as PNG or JPEG"),
        (b"\n<!DOCTYPE html><p>404", "it is a web page (HTML), not an image; download it again"),
        (b"%PDF-1.7", "it is a PDF document, not an image; export its pages as PNG or JPEG"),
        (bytes(128) + b"DICM", "it is a DICOM file, not an image; convert it to 16-bit PNG or TIFF"),
        (b"version https://git-lfs.github.com/spec/v1", "it is a Git LFS pointer, not an image; run git lfs pull"),
        (b"PK\3\4", "it is a zip, or an Office document, not an image; unpack it"),
    ],
)
def test_what_is_no_image_is_named_with_the_step(head: bytes, reason: str) -> None:
    assert kind_of(head).reason.startswith(reason)


def test_text_is_distinguished_from_other_bytes() -> None:
    assert kind_of("größer, 猫\n".encode()) is TEXT
    assert kind_of(b"BMI,class\n21,a\n") is TEXT
    assert kind_of(b"\x00\x01\x02 words") is UNKNOWN
    assert kind_of(b"") is EMPTY
    assert kind_of(b"\xff\xd8\xff\xe0") is JPEG


@pytest.mark.parametrize(
    "head", [b"II*\0", b"MM\0*\xff\xff\xff\xff", b"\0\0\0\0ftyp", b"\xff\xff\xff\xffftypmif1", b"RIFF"]
)
def test_a_head_that_is_cut_is_read_without_an_error(head: bytes) -> None:
    assert kind_of(head)
