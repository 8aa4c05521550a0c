"""Own images in the browser: from the upload of a zip to the mistakes of a trained model."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.uploads.photos import CLASSES, IMAGES_PER_CLASS, create_photos_zip
from tests.support.service.program import Program

pytestmark = pytest.mark.slow


def test_zip_of_photos_becomes_a_dataset_and_a_trained_model(page: Page, board: Program, tmp_path: Path) -> None:
    upload(page, create_photos_zip(tmp_path / "My photos.zip"))
    check_dataset(page)
    fill_in_form(page)
    run_id = launch(page)

    board.ended(run_id, seconds=120)

    check_run(page)


def test_a_broken_zip_is_reported_where_it_was_dropped(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"this is no zip")
    page.goto("/new-dataset")
    place = page.get_by_test_id("upload")

    with page.expect_response("**/api/uploads") as answer:
        place.get_by_test_id("zip").set_input_files(broken)

    assert answer.value.status == 422
    expect(place.get_by_role("alert")).to_contain_text("zip")


def test_draft_survives_a_reload_and_back(page: Page) -> None:
    page.goto("/new?recipe=digits-quick")
    open_section(page, "Training")
    epochs = page.get_by_test_id("field-epochs").get_by_role("textbox")
    epochs.fill("7")

    page.reload()
    open_section(page, "Training")
    expect(epochs).to_have_value("7")
    page.get_by_role("link", name="Workers").click()
    page.go_back()
    open_section(page, "Training")

    expect(epochs).to_have_value("7")
    page.get_by_role("button", name="Discard changes").click()
    expect(epochs).to_have_value("40")


def upload(page: Page, archive: Path) -> None:
    page.goto("/datasets")
    page.get_by_role("link", name="Upload images").click()
    page.get_by_test_id("zip").set_input_files(archive)
    form = page.get_by_test_id("add")
    expect(form.get_by_label("Name")).to_have_value("my-photos")
    form.get_by_label("Name").fill("photos")
    form.get_by_role("button", name="32", exact=True).click()
    form.get_by_role("button", name="Pad", exact=True).click()
    form.get_by_role("button", name=re.compile("^Add ")).click()
    expect(page).to_have_url(re.compile(r"/datasets/photos$"))
    expect(page.get_by_test_id("dataset-status")).to_have_text("Ready", timeout=30_000)


def check_dataset(page: Page) -> None:
    expect(page.get_by_text("32 × 32 RGB, padded")).to_be_visible()
    expect(page.get_by_test_id("skipped")).to_contain_text("broken.jpg: it is damaged")
    images = page.get_by_test_id("images")
    for name in CLASSES:
        page.get_by_role("table", name="Classes").get_by_role("button", name=name).click()
        expect(images.get_by_role("heading", name=name)).to_be_visible()
        expect(images.get_by_role("link", name=name)).to_have_count(round(IMAGES_PER_CLASS * 0.8))


def fill_in_form(page: Page) -> None:
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name=re.compile("on photos"))).to_be_visible()
    card = page.get_by_test_id("recipe-digits-quick")
    expect(card.get_by_role("heading")).to_have_text("Small CNN")
    expect(card).to_contain_text(f"{len(CLASSES) * IMAGES_PER_CLASS} images of 32 × 32 pixels in 3 classes")
    expect(card).not_to_contain_text("digits")
    open_section(page, "Model")
    page.get_by_label("Model", exact=True).select_option("vgg")
    page.get_by_test_id("field-model.options.padding").get_by_role("combobox").select_option("last_valid")
    page.get_by_test_id("field-model.options.blocks").get_by_role("textbox").fill("8 | 16")
    page.get_by_test_id("field-model.options.dense_units").get_by_role("textbox").fill("32")
    open_section(page, "Augmentation")
    page.get_by_label("Augment the training images").check()
    page.get_by_label("Horizontal flip").check()
    page.get_by_test_id("field-augmentation.rotation").get_by_role("textbox").fill("20")
    expect(page.get_by_test_id("preview").get_by_role("img")).to_have_count(16, timeout=30_000)
    open_section(page, "Training")
    page.get_by_test_id("field-epochs").get_by_role("textbox").fill("6")
    check_summary(page)


def check_summary(page: Page) -> None:
    """Checks the layers: two 3×3 convolutions, the second one without padding, and a softmax over three classes."""
    layers = page.get_by_test_id("plan").get_by_role("table", name="Layers")
    expect(layers.get_by_role("row", name=re.compile("Conv2D 16"))).to_contain_text("14 × 14 × 16")
    expect(layers.get_by_role("row", name=re.compile("Dense 3 softmax"))).to_contain_text("99")


def launch(page: Page) -> str:
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))
    return page.url.rpartition("/")[2]


def check_run(page: Page) -> None:
    expect(page.get_by_test_id("status")).to_have_text("Finished")
    matrix = page.get_by_test_id("matrix")
    for name in CLASSES:
        expect(matrix.get_by_role("button", name=f"Predictions for {name}")).to_be_visible()
    matrix.get_by_role("button", name=re.compile("of true hills predicted hills")).click()
    samples = page.get_by_test_id("samples")
    expect(samples.get_by_role("heading", name="hills, predicted correctly")).to_be_visible()
    expect(page.get_by_text("Slightly optimistic: the epoch was picked on these images").first).to_be_visible()


def open_section(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).click()
