"""The camera in the browser: two classes are captured, kept and trained, and the model is tried live."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import expect_no_faults
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

PICTURES_EACH = 10
SPEC: dict[str, Any] = {
    "dataset": {"name": "mug-bottle"},
    "model": {"preset": "strided_cnn", "options": {"filters": [8, 8], "padding": "same", "dense_units": [16]}},
    "batch_size": 4,
    "epochs": 12,
}
# The fake camera shows a red mug and a green bottle in turn.
SHOWS_BOTTLE = """() => {
  const video = document.querySelector('video')
  if (!video?.videoWidth) return null
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  context.drawImage(video, video.videoWidth / 2 - 4, video.videoHeight / 2 - 4, 8, 8, 0, 0, 1, 1)
  const [red, green] = context.getImageData(0, 0, 1, 1).data
  return green > red
}"""
UNPLUG = "document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
WITHOUT_SECURE_CONTEXT = "Object.defineProperty(window, 'isSecureContext', { value: false })"


@pytest.fixture
def camera_page(new_page: Page) -> Page:
    page = new_page
    page.context.grant_permissions(["camera"])
    page.goto("/new-dataset/camera")
    expect(page.get_by_label("Camera", exact=True)).to_be_visible(timeout=20_000)
    return page


def test_two_classes_are_captured_kept_trained_and_tried_live(camera_page: Page, board: Program) -> None:
    capture(camera_page, "1", "Mug", shows_bottle=False)
    capture(camera_page, "2", "Bottle", shows_bottle=True)
    delete_a_picture_and_take_it_back(camera_page)
    expect_no_faults(camera_page)

    camera_page.get_by_role("button", name=re.compile(r"^Keep \d+ pictures")).click()
    expect(camera_page).to_have_url(re.compile("/datasets/mug-bottle$"))
    dataset = board.wait(lambda: ready_dataset(board), 30, "the dataset")
    assert dataset["classes"] == ["Bottle", "Mug"]
    assert all(test == round((train + test) / 5) for train, test in zip(*dataset["counts"].values(), strict=True))

    run_id = board.launch(spec=SPEC)
    board.ended(run_id)
    camera_page.goto(f"/runs/{run_id}#try")
    expect(camera_page.get_by_test_id("matrix")).to_be_visible()  # what is loaded above the button moves it
    camera_page.get_by_test_id("predict").get_by_role("button", name="Live").click()

    check_live(camera_page.get_by_test_id("live"))
    camera_page.goto("/")
    board.wait(lambda: not list((board.data_dir / "questions").glob("*")), 10, "the last frame's deletion")


def test_an_unplugged_camera_keeps_what_was_taken(camera_page: Page) -> None:
    wait_for_scene(camera_page, shows_bottle=False)
    camera_page.keyboard.down("1")
    expect(first_class(camera_page)).to_contain_text(re.compile(r"[3-9] pictures"), timeout=20_000)
    camera_page.evaluate(UNPLUG)

    expect(camera_page.get_by_role("alert")).to_contain_text("The camera was disconnected")
    expect(first_class(camera_page)).to_contain_text("pictures")
    expect(first_class(camera_page).get_by_role("button", name="Hold to capture")).to_be_disabled()


def test_a_camera_that_is_refused_or_impossible_says_what_to_do(new_page: Page) -> None:
    page = new_page
    page.goto("/new-dataset/camera")
    page.get_by_role("button", name="Turn on the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("The camera is not allowed")

    page.add_init_script(WITHOUT_SECURE_CONTEXT)
    page.reload()
    page.get_by_role("button", name="Turn on the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("only to pages of localhost or of HTTPS")


def capture(page: Page, key: str, name: str, *, shows_bottle: bool) -> None:
    """Holds the key while the camera shows the class."""
    card = page.get_by_test_id("class").nth(int(key) - 1)
    card.get_by_label("Class name").fill(name)
    page.get_by_role("heading", level=1).click()
    for _ in range(5):
        wait_for_scene(page, shows_bottle=not shows_bottle)
        wait_for_scene(page, shows_bottle=shows_bottle)
        page.keyboard.down(key)
        expect(card).to_contain_text(re.compile(rf"{PICTURES_EACH}|1\d|2\d pictures"), timeout=20_000)
        page.keyboard.up(key)
        if page.evaluate(SHOWS_BOTTLE) is shows_bottle:
            return
        card.get_by_role("button", name="Delete the last").click()  # the scene changed before the end
    pytest.fail("the scene changed while each hold was captured")


def wait_for_scene(page: Page, *, shows_bottle: bool) -> None:
    for _ in range(200):
        if page.evaluate(SHOWS_BOTTLE) is shows_bottle:
            return
        page.wait_for_timeout(50)
    pytest.fail("the fake camera does not change its scene")


def delete_a_picture_and_take_it_back(page: Page) -> None:
    pictures = first_class(page).get_by_role("button", name=re.compile("^Delete (test )?picture"))
    before = pictures.count()
    pictures.first.press("Enter")
    expect(pictures).to_have_count(before - 1)
    page.get_by_role("button", name="Undo").click()
    expect(pictures).to_have_count(before)


def first_class(page: Page) -> Locator:
    return page.get_by_test_id("class").first


def ready_dataset(board: Program) -> Any:
    dataset = board.get("/api/datasets/mug-bottle")
    return dataset if dataset["status"] == "ready" else None


def check_live(live: Locator) -> None:
    """The likeliest class follows the scene, at least five times a second."""
    likeliest = live.locator("li.first")
    for name in ("Bottle", "Mug"):
        expect(likeliest).to_contain_text(name, timeout=30_000)
    expect(live).to_contain_text(re.compile(r"([5-9]\.\d|1\d) pictures a second"), timeout=20_000)
