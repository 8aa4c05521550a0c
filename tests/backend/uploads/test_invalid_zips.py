"""Invalid uploads are refused over HTTP with a sentence that names the entry, and leave no files."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.files.folders import files_below
from tests.support.files.zips import encrypted, overlapping, pets, picture, renamed, with_link, zipped
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

PETS = pets(2)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("board")


@pytest.fixture(scope="module")
def client(data_dir: Path) -> TestClient:
    """One board for all tests, since no request may leave a file."""
    settings = Settings(data_dir=data_dir, redis_url=NO_REDIS, allowed_hosts=["testserver"])
    create_sqlite(settings)
    return DocumentedClient(create_app(settings))


REFUSED: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "not a zip": (lambda: b"GIF89a" * 40, 422, "This is not a zip file"),
    "empty": (lambda: b"", 422, "This is not a zip file"),
    "cut": (lambda: zipped(PETS)[:-30], 422, "This is not a zip file"),
    "encrypted": (lambda: encrypted(PETS), 422, "'cats/0.png' is encrypted; make the zip without a password"),
    "parent": (lambda: zipped(PETS | {"cats/../../x.png": b""}), 422, "'cats/../../x.png' has an empty part, . or .."),
    "absolute": (lambda: zipped(PETS | {"/etc/x.png": b""}), 422, "'/etc/x.png' is an absolute path"),
    "drive": (lambda: zipped(PETS | {"C:/x.png": b""}), 422, "'C:/x.png' is an absolute path"),
    "parent, backslashes": (lambda: zipped(PETS | {"cats\\..\\x": b""}), 422, "'cats/../x' has an empty part, . or .."),
    "absolute, backslashes": (lambda: zipped(PETS | {"\\etc\\x": b""}), 422, "'/etc/x' is an absolute path"),
    "drive, backslashes": (lambda: zipped(PETS | {"C:\\x": b""}), 422, "'C:/x' is an absolute path"),
    "twice, backslashes": (lambda: zipped(PETS | {"cats\\0.png": b""}), 422, "'cats/0.png' is in the zip twice"),
    "nul": (lambda: renamed(PETS, b"dogs/1.png", b"dogs/1\0png"), 422, "'dogs/1\\x00png' has a control character"),
    "line break": (lambda: zipped(PETS | {"cats/a\nb.png": b"x"}), 422, "a\\nb.png' has a line break in its name"),
    "direction": (
        lambda: zipped(PETS | {"gpj.\u202ecats/1.png": b"x"}),
        422,
        "has a character that changes the direction of text (U+202E)",
    ),
    "line separator": (lambda: zipped(PETS | {"a\u2028b/1.png": b"x"}), 422, "has a line break in its name; rename it"),
    "class of the table": (
        lambda: zipped(PETS | {"labels.csv": "file,label\ncats/0.png,a\u202eb\ncats/1.png,c\n".encode()}),
        422,
        "The class name 'a\\u202eb' has a character that changes the direction of text (U+202E); rename it",
    ),
    "link": (lambda: with_link(PETS), 422, "'cats/link.png' is a link or a device"),
    "long name": (lambda: zipped(PETS | {"cats/" + "x" * 600: b""}), 422, "has a name of more than 512 bytes"),
    "twice": (lambda: renamed(PETS, b"dogs/1.png", b"dogs/0.png"), 422, "'dogs/0.png' is in the zip twice"),
    "case of a file": (lambda: zipped(PETS | {"cats/0.PNG": b"x"}), 422, "'cats/0.png' and 'cats/0.PNG' differ only"),
    "case of a class": (lambda: zipped(PETS | {"Dogs/7.png": b"x"}), 422, "'dogs' and 'Dogs' differ only"),
    "accent": (lambda: zipped({"é/1.png": b"x", "e\u0301/2.png": b"x"}), 422, "how their letters are encoded"),
    "overlap": (lambda: overlapping(PETS), 422, "'cats/1.png' overlaps another one"),
    "packed otherwise": (lambda: zipped(PETS, zipfile.ZIP_LZMA), 422, "'cats/0.png' uses compression method 14"),
    "bomb": (
        lambda: zipped(PETS | {"cats/x.bmp": bytes(30_000_000)}, zipfile.ZIP_DEFLATED),
        413,
        "'cats/x.bmp' unpacks to more than 200 times its size",
    ),
    "many entries": (
        lambda: zipped({f"cats/{number}": b"" for number in range(100_001)}),
        413,
        "The zip has 100,001 entries; at most 100,000 are allowed",
    ),
    "one class": (lambda: zipped({"cats/1.png": picture()}), 422, "There is only the class 'cats'"),
    "one class, wrapped": (lambda: zipped({"all/cats/1.png": picture()}), 422, "There is only the class 'cats'"),
    "no images": (lambda: zipped({"a/1.txt": b"x", "b/2.txt": b"x"}), 422, "There are no images in the zip"),
    "no folders": (
        lambda: zipped({"1.png": picture(1), "2.png": picture(2)}),
        422,
        "The zip has 2 images at the top of the zip, in no folder, and their names ('1.png', '2.png') say no class",
    ),
    "nothing": (lambda: zipped({}), 422, "There are no images in the zip"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", REFUSED)
def test_an_invalid_zip_is_refused_and_leaves_no_files(client: TestClient, data_dir: Path, case: str) -> None:
    content, status, message = REFUSED[case]

    response = client.post("/api/datasets?name=pets", content=content())

    assert response.status_code == status, response.text
    assert message in response.json()["detail"]
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/api/datasets/pets").status_code == 404
    assert files_below(data_dir) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digits", "'digits' is the name of a built-in dataset"),
        ("CIFAR10", "'CIFAR10' is the name of a built-in dataset"),
        ("../x", "'../x' is not a valid dataset name; use letters, digits, -, _ and ."),
        (".hidden", "is not a valid dataset name"),
        ("two words", "is not a valid dataset name"),
        ("a/b", "is not a valid dataset name"),
        ("x" * 65, "may have at most 64 characters"),
        ("", "must have at least 1 character"),
    ],
)
def test_an_invalid_name_is_refused(client: TestClient, name: str, message: str) -> None:
    response = client.post("/api/datasets", params={"name": name}, content=zipped(PETS))

    assert response.status_code == 422
    assert message in response.json()["detail"]
    assert response.json()["errors"][0]["loc"] == ["query", "name"]


@pytest.mark.parametrize(
    "query",
    [
        "labels_from=x",
        "disagreements=x",
        "image_size=7",
        "image_size=513",
        "fit=zoom",
        "color=cmyk",
        "test_fraction=0",
        "test_fraction=1",
        "size=3",
    ],
)
def test_an_invalid_option_is_refused_with_its_location(client: TestClient, query: str) -> None:
    response = client.post(f"/api/datasets?name=pets&{query}", content=zipped(PETS))

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["query", query.partition("=")[0]]


def test_images_larger_than_the_free_disk_space_are_refused(
    client: TestClient, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1000))

    response = client.post("/api/datasets?name=pets&image_size=512", content=zipped(PETS))

    assert response.status_code == 422
    assert "choose a smaller image_size or free some disk space" in response.json()["detail"]
    assert files_below(data_dir) == []
