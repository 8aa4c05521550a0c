"""Pictures of an upload: of any suffix, of more than 8 bits, without their end, and under several labels."""

import numpy as np
import pytest
from PIL import Image

from tests.support.files.zips import encoded, heic, noise, pets, picture, zipped
from tests.worker.datasets.conftest import Upload
from worker.errors import DatasetUnavailable


def test_the_content_decides_what_is_an_image_whatever_its_suffix(upload: Upload) -> None:
    kinds = ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"]
    names = ["a.jfif", "b", "c.jpg", "d.txt", "e.dat", "f.JPG", "g.avif", "h.PNG"]
    named = enumerate(zip(names, kinds, strict=True), 100)
    images = {f"odd/{name}": picture(seed, kind) for seed, (name, kind) in named}
    others = {"odd/i.jpg": b'<svg xmlns="">', "odd/j.png": b"%PDF-1.7", "odd/k.jpg": b"<!doctype html>"}

    manifest = upload(zipped(pets() | images | others)).manifest

    assert sum(sum(counts) for counts in manifest.counts.values()) == 28
    assert {item["entry"]: item["reason"].partition(",")[0] for item in manifest.skipped["items"]} == {
        "odd/i.jpg": "it is a drawing (SVG)",
        "odd/j.png": "it is a PDF document",
        "odd/k.jpg": "it is a web page (HTML)",
    }


def deep_set(high: int) -> dict[str, bytes]:
    """Two classes of 16-bit images whose values go up to `high`."""
    names = [f"{label}/{number}.tif" for label in ("dark", "light") for number in range(6)]
    rng = np.random.default_rng(0)
    values = rng.integers(0, high + 1, (len(names), 8, 8), dtype=np.uint16)
    return {name: encoded(Image.fromarray(image), "TIFF") for name, image in zip(names, values, strict=True)}


def test_twelve_data_bits_in_sixteen_are_not_black(upload: Upload) -> None:
    stored = upload(zipped(deep_set(4095)))

    assert stored.images("train").max() > 240
    assert stored.manifest.value_range == [0, 4095]
    assert stored.manifest.notices[0]["title"] == "12 images have more than 8 bits: 0 to 4,095 become black to white"


def test_the_whole_range_may_be_chosen(upload: Upload) -> None:
    stored = upload(zipped(deep_set(4095)), value_range="full")

    assert stored.images("train").max() == 16
    assert stored.manifest.value_range == [0, 65_535]


def test_images_of_8_bits_have_no_range(upload: Upload) -> None:
    manifest = upload(zipped(pets())).manifest

    assert (manifest.value_range, manifest.packages, manifest.notices, manifest.contradictions) == (None, [], [], None)


def test_a_jpeg_without_its_end_and_a_file_of_pages_are_kept_and_named(upload: Upload) -> None:
    pages = encoded(noise(70), "TIFF", save_all=True, append_images=[noise(71)])
    odd = {"cats/cut.jpg": picture(72, "JPEG")[:-2], "dogs/pages.tif": pages, "dogs/phone.heic": heic()}

    manifest = upload(zipped(pets() | odd)).manifest

    assert manifest.skipped["count"] == 0
    assert [(notice["title"], notice["examples"]) for notice in manifest.notices] == [
        ("1 image lacks its end", ["cats/cut.jpg"]),
        ("1 image has several pages or frames", ["dogs/pages.tif"]),
    ]
    assert manifest.packages == ["pi-heif"]


def contradicting(kind: str = "PNG") -> dict[str, bytes]:
    """One picture of the cats is among the dogs, too: the same file, or the same pixels in another format."""
    return pets() | {"dogs/cat.bmp": picture(0, kind)}


@pytest.mark.parametrize(
    ("kind", "choice", "images", "kept"),
    [
        ("PNG", None, 19, 0),
        ("PNG", "leave_out", 19, 0),
        ("PNG", "first", 20, 0),
        ("PNG", "keep", 21, 1),
        ("BMP", None, 21, 1),
        ("BMP", "leave_out", 19, 0),
        ("BMP", "first", 20, 0),
        ("BMP", "keep", 21, 1),
    ],
)
def test_a_picture_under_two_labels_is_settled_as_chosen_and_reported(
    upload: Upload, kind: str, choice: str | None, images: int, kept: int
) -> None:
    manifest = upload(zipped(contradicting(kind)), contradictions=choice).manifest

    assert sum(sum(counts) for counts in manifest.counts.values()) == images
    assert manifest.contradictions == {"settled": 1 - kept, "handled": choice or "leave_out", "kept": kept}
    assert manifest.duplicates == 0
    if images == 19:
        assert {item["entry"]: item["reason"] for item in manifest.skipped["items"]} == {
            "cats/0.png": 'the same picture is in the class "dogs", too',
            "dogs/cat.bmp": 'the same picture is in the class "cats", too',
        }


def test_a_picture_of_train_that_test_has_under_another_label_is_left_out_of_both(upload: Upload) -> None:
    train = {f"train/{name}": content for name, content in pets().items()}
    test = {
        f"test/{label}/{n}.png": picture(50 + 10 * at + n) for at, label in enumerate(("cats", "dogs")) for n in (0, 1)
    }
    duplicate = {"test/dogs/leak.png": picture(0)}

    manifest = upload(zipped(train | test | duplicate)).manifest

    assert manifest.counts == {"train": [9, 10], "test": [2, 2]}


@pytest.mark.parametrize("kind", ["PNG", "BMP"], ids=["same file", "same pixels"])
def test_a_class_whose_pictures_are_all_in_another_is_refused_with_the_step(upload: Upload, kind: str) -> None:
    files = pets() | {f"birds/{n}.bmp": picture(n, kind) for n in range(3)}

    with pytest.raises(DatasetUnavailable, match=r"Every picture of the class 'birds' .* contradictions=first"):
        upload(zipped(files), contradictions="leave_out")
