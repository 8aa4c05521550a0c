"""A model of the user's own: from the dropped file to a run that can be launched."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

LAYERS: list[dict[str, Any]] = [
    {"class_name": "Rescaling", "config": {"name": "scale", "scale": 1 / 255, "batch_input_shape": [None, 8, 8, 1]}},
    {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4, "kernel_size": [3, 3]}},
    {"class_name": "Flatten", "config": {"name": "flat"}},
    {"class_name": "Dense", "config": {"name": "end", "units": 1, "activation": "sigmoid"}},
]
MODEL = {"class_name": "Sequential", "keras_version": "2.4.0", "config": {"name": "cats", "layers": LAYERS}}


@pytest.fixture
def keras_file(tmp_path: Path) -> Path:
    path = tmp_path / "cats.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(MODEL))
        archive.writestr("model.weights.h5", b"")
    return path


def open_model_section(page: Page) -> None:
    page.goto("/new?recipe=digits-quick")
    page.get_by_test_id("section-Model").locator("summary").click()


def test_a_keras_file_is_read_and_each_difference_is_settled_by_one_press(page: Page, keras_file: Path) -> None:
    open_model_section(page)

    page.get_by_test_id("model-import").locator("input[type=file]").set_input_files(keras_file)

    read = page.get_by_role("region", name="Model that was read")
    expect(read).to_contain_text("The weights stay behind")
    read.get_by_role("button", name="Leave it out and scale to 0…1").click()
    read.get_by_role("button", name="End with a softmax over the 10 classes").click()
    expect(read).to_contain_text("It can be trained as it is")
    expect(page.get_by_test_id("layers")).to_contain_text("Conv2D")
    expect(page.get_by_role("button", name="Launch", exact=True)).to_be_enabled()


def test_pasted_json_of_an_old_keras_is_read_and_other_json_is_named(page: Page) -> None:
    open_model_section(page)
    page.get_by_role("button", name="paste its JSON").click()
    text = page.get_by_test_id("field-model.keras").locator("textarea")
    read = page.get_by_role("region", name="Model that was read")

    text.fill(json.dumps(MODEL))
    expect(read).to_contain_text("The file ends with one sigmoid")
    text.fill('{"loss": [1.0], "val_loss": [1.0]}')

    expect(read).to_contain_text("This is the history of a training")
