"""What people bring, in the browser: dropped, looked over, added with one press, and trained on."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.axe import expect_no_faults
from tests.support.files.zips import encoded, noise, pets, picture, zipped
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

DROP = """([name, content]) => {
  const transfer = new DataTransfer()
  transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name))
  return transfer
}"""
HOSTILE = ("<img src=x onerror=alert(1)>", "=SUM(A1)", "'; DROP TABLE runs; --", "x" * 100)


def roboflow() -> bytes:
    """Folders train, valid and test, and descriptions beside them."""
    images = {
        f"{split}/{label}/{split}-{number}.jpg": encoded(noise(seed * 50 + number), "JPEG")
        for seed, (split, label) in enumerate((split, label) for split in ("train", "valid", "test") for label in "ab")
        for number in range(10 if split == "train" else 4)
    }
    return zipped(images | {"README.roboflow.txt": b"exported", "data.yaml": b"nc: 2"})


def excel_table() -> bytes:
    """Images at the root, and a table as Excel saves it where the decimal sign is a comma."""
    images = {f"{number}.png": picture(number) for number in range(20)}
    rows = "".join(f"{number}.png;{('né', 'ok')[number % 2]};{number}\r\n" for number in range(20))
    return zipped(images | {"Tabelle1.csv": f"\ufeffDatei;Klasse;Nr\r\n{rows}".encode()})


def twelve_bit_tiffs() -> bytes:
    """Values up to 4,095 in 16 bits, as microscopes write them."""
    values = np.random.default_rng(0).integers(0, 4096, (20, 16, 16), dtype=np.uint16)
    tiffs = [encoded(Image.fromarray(image), "TIFF") for image in values]
    return zipped({f"{('cell', 'none')[number % 2]}/{number}.tif": tiff for number, tiff in enumerate(tiffs)})


def drop(page: Page, name: str, content: bytes) -> None:
    page.goto("/new-dataset")
    transfer = page.evaluate_handle(DROP, [name, base64.b64encode(content).decode()])
    page.get_by_role("group", name="Zip or folder").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.get_by_test_id("add")).to_be_visible(timeout=30_000)


def add(page: Page) -> None:
    page.get_by_test_id("add").get_by_role("button", name=re.compile("^Add ")).click()
    expect(page.get_by_test_id("dataset-status")).to_have_text("Ready", timeout=60_000)


def train(page: Page, board: Program) -> None:
    """Launches one epoch from the dataset's page, and waits for its model."""
    page.get_by_role("link", name="Train", exact=True).click()
    page.get_by_role("heading", name="Training").click()
    page.get_by_test_id("field-epochs").get_by_role("textbox").fill("1")
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))
    run = board.ended(page.url.rpartition("/")[2])
    assert (run["status"], run["error"]) == ("finished", None)


def test_an_export_of_three_splits_is_looked_over_changed_and_trained_on(page: Page, board: Program) -> None:
    drop(page, "Shells.v3.zip", roboflow())
    panel, understood = page.get_by_test_id("add"), page.get_by_test_id("understood")
    expect(panel).to_contain_text(re.compile(r"train\s*20\s*validation\s*8\s*test\s*8"))
    expect(understood).to_contain_text("README.roboflow.txt")
    expect(page.get_by_test_id("classes").get_by_role("listitem")).to_have_count(2)

    page.set_viewport_size({"width": 1440, "height": 400})
    place = page.evaluate("scrollTo(0, 200), scrollY")
    understood.get_by_label("Use of valid/").select_option("left_out")
    expect(panel.get_by_role("button", name="Add 28 images")).to_be_enabled()
    assert page.evaluate("scrollY") == place
    page.reload()
    expect(understood.get_by_label("Use of valid/")).to_have_value("left_out")
    understood.get_by_label("Use of valid/").select_option("validation")
    expect(panel.get_by_role("button", name="Add 36 images")).to_be_enabled()

    add(page)
    expect(page.get_by_text("20 train, 8 validation, 8 test images")).to_be_visible()
    train(page, board)


def test_a_table_with_semicolons_is_trained_on(page: Page, board: Program) -> None:
    drop(page, "Tabelle.zip", excel_table())
    table = page.get_by_test_id("table-read")
    expect(table.get_by_label("Use of column Datei")).to_have_value("image")
    expect(table.get_by_label("Use of column Klasse")).to_have_value("class")
    expect_no_faults(page)

    add(page)
    train(page, board)


def test_twelve_bits_in_sixteen_are_trained_on(page: Page, board: Program) -> None:
    drop(page, "cells.zip", twelve_bit_tiffs())
    notice = page.get_by_test_id("notice").filter(has_text="8 bits")
    expect(notice.get_by_role("radio", checked=True)).to_have_value("own")
    expect_no_faults(page)

    add(page)
    train(page, board)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name, content in pets(2).items():
        path = tmp_path / "My pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "My pets"


def test_a_folder_is_packed_and_looked_over(page: Page, photos: Path) -> None:
    page.goto("/new-dataset")
    page.get_by_test_id("folder").set_input_files(photos)

    panel = page.get_by_test_id("add")
    expect(panel.get_by_label("Name")).to_have_value("my-pets")
    expect(panel.get_by_role("button", name="Add 4 images")).to_be_enabled()
    page.get_by_role("button", name="Choose another file").click()
    expect(page.get_by_role("group", name="Zip or folder")).to_be_visible()


def test_options_that_do_not_fit_are_refused_in_a_sentence(page: Page) -> None:
    drop(page, "pets.zip", zipped(pets(2)))
    page.goto(f"{page.url}&labels_from=names")
    expect(page.get_by_role("alert")).to_contain_text("follow no pattern")
    page.get_by_role("button", name="Use the suggestions").click()
    expect(page.get_by_test_id("add")).to_be_visible()


def test_hostile_names_are_shown_as_they_are(page: Page) -> None:
    images = {f"{label}/{number}.png": picture(number) for number, label in enumerate(HOSTILE * 2)}
    drop(page, "<b>bold</b>.zip", zipped(images | {"<script>alert(2)</script>.txt": b"x"}))

    classes = page.get_by_test_id("classes")
    for name in HOSTILE:
        expect(classes.get_by_text(name, exact=True)).to_be_visible()
    page.get_by_test_id("left-out").get_by_text("1 file").click()
    expect(page.get_by_text("<script>alert(2)</script>.txt").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
