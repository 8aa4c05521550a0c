"""What is compressed on its way to the browser: the page once, when it is built; JSON as it is sent; no stream."""

import gzip
import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.settings import Settings
from tests.support.storage.databases import create_sqlite

INLINE = "void 0"
SCRIPT, BROTLI, GZIP = b"console.log(1)", b"as Brotli", gzip.compress(b"console.log(1)")


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    assets = tmp_path / "page" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text(
        f"<!doctype html><script data-runs='/a.js'>{INLINE}</script><script src='/b.js'></script>"
    )
    for ending, content in {".js": SCRIPT, ".js.br": BROTLI, ".js.gz": GZIP, ".svg": b"<svg/>"}.items():
        (assets / f"a-1a2b{ending}").write_bytes(content)
    create_sqlite(settings)
    app = create_app(replace(settings, frontend_dir=tmp_path / "page"))
    yield TestClient(app)
    app.state.board.database.engine.dispose()


@pytest.mark.parametrize(
    ("accepted", "coding", "length"),
    [
        ("gzip, deflate, br, zstd", "br", len(BROTLI)),
        ("gzip, deflate", "gzip", len(GZIP)),
        ("br; q=0, gzip", "gzip", len(GZIP)),
        ("identity", None, len(SCRIPT)),
        ("", None, len(SCRIPT)),
    ],
)
def test_a_script_is_sent_in_the_smallest_form_that_is_accepted(
    page: TestClient, accepted: str, coding: str | None, length: int
) -> None:
    with page.stream("GET", "/assets/a-1a2b.js", headers={"Accept-Encoding": accepted}) as response:
        assert response.headers.get("content-encoding") == coding
        assert int(response.headers["content-length"]) == length
        assert response.headers["content-type"].startswith("text/javascript")
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["vary"] == "Accept-Encoding"


def test_a_file_without_compressed_ones_is_sent_as_it_is(page: TestClient) -> None:
    response = page.get("/assets/a-1a2b.svg", headers={"Accept-Encoding": "br"})

    assert (response.content, response.headers.get("content-encoding")) == (b"<svg/>", None)


@pytest.mark.parametrize("path", ["/assets/b.js", "/assets/..%2Findex.html", "/assets/"])
def test_what_is_no_asset_is_not_found_and_not_kept(page: TestClient, path: str) -> None:
    response = page.get(path)

    assert response.status_code == 404
    assert "immutable" not in response.headers.get("cache-control", "")


def test_json_is_compressed_and_a_short_answer_is_not(page: TestClient) -> None:
    long, short = page.get("/api/recipes"), page.get("/healthz")

    assert long.headers["content-encoding"] == "gzip"
    assert long.json()["items"]
    assert "content-encoding" not in short.headers


def test_json_is_not_compressed_for_a_client_that_does_not_accept_it(page: TestClient) -> None:
    response = page.get("/api/recipes", headers={"Accept-Encoding": "identity"})

    assert "content-encoding" not in response.headers


def test_an_event_stream_is_not_compressed(page: TestClient) -> None:
    run_id = page.post("/api/runs", json={"recipe": "digits-quick"}).json()["id"]
    page.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    response = page.get(f"/api/runs/{run_id}/events", headers={"Accept-Encoding": "gzip, br"})

    assert "event: end" in response.text
    assert "content-encoding" not in response.headers


def test_the_policy_allows_the_script_in_the_document_by_its_hash_and_no_other(page: TestClient) -> None:
    policy = page.get("/").headers["content-security-policy"]

    assert f"; script-src 'self' 'sha256-{digest(INLINE)}'; " in policy


def test_the_policy_follows_a_page_that_is_built_anew_under_the_running_service(
    page: TestClient, tmp_path: Path
) -> None:
    page.get("/")
    index = tmp_path / "page" / "index.html"
    index.unlink()
    page.get("/healthz")
    index.write_text("<!doctype html><script>void 1</script>")

    policy = page.get("/").headers["content-security-policy"]

    assert f"; script-src 'self' 'sha256-{digest('void 1')}'; " in policy


def test_the_policy_follows_a_page_that_was_read_while_it_was_written(page: TestClient, tmp_path: Path) -> None:
    index = tmp_path / "page" / "index.html"
    for text in ("", "<!doctype html><script>void 2</script>"):
        index.write_text(text)
        os.utime(index, ns=(0, 0))  # both writes are within one tick of the clock
        policy = page.get("/").headers["content-security-policy"]

    assert f"; script-src 'self' 'sha256-{digest('void 2')}'; " in policy


def digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
