"""The documents match the code: settings, make targets and paths."""

import re
import subprocess
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from backend.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/settings.md",
    "docs/containers.md",
    "docs/performance.md",
    "docs/recipes.md",
]
DECISIONS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs/decisions").glob("*.md"))
FOLDERS = "backend|worker|standalone|frontend|tests|benchmarks|docs|scripts|requirements"
CLIENT_VARIABLES = {"EPOCHBOARD_URL", "EPOCHBOARD_TOKEN"}


def settings_table() -> dict[str, str]:
    """Returns the text of the last column by the variable of each row."""
    rows = re.findall(r"^\| `(EPOCHBOARD_\w+)` \|.*\| (.+) \|$", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    return dict(rows)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_each_setting_has_a_row_and_each_row_a_setting() -> None:
    names = {field.metadata["name"] for field in fields(Settings)}
    assert settings_table().keys() == names | CLIENT_VARIABLES


def test_each_default_that_is_a_value_is_the_settings_own() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    written = dict(re.findall(r"^\| `(EPOCHBOARD_\w+)` \| `([\d\[]\S.*|\d|true|false)` \|", text, re.MULTILINE))

    assert written == {
        field.metadata["name"]: field.metadata["default"]
        for field in fields(Settings)
        if field.type in (bool, int, float, list[str])
    }


def test_each_setting_is_described_in_a_sentence() -> None:
    assert all(sentence.endswith(".") and len(sentence) > 20 for sentence in settings_table().values())


def test_make_help_lists_each_target_with_its_description() -> None:
    lines = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {line.split()[1] for line in lines} == make_targets()
    assert make_targets() >= {"up", "test", "setup", "bench", "help", "lock", "client", "lint", "compose-check"}


def test_modules_that_the_makefile_and_scripts_run_exist() -> None:
    files = [ROOT / "Makefile", *(path for path in (ROOT / "scripts").iterdir() if path.is_file())]
    names = {name for file in files for name in re.findall(r"python[\w)\"}]* -m ([\w.]+)", file.read_text())}

    assert names >= {"backend.die_with_parent", "benchmarks", "benchmarks.gpu", "scripts.install_locked"}
    assert [name for name in names if find_spec(name) is None] == []


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_in_a_page_exist(page: str) -> None:
    names = re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE)
    assert set(names) <= make_targets()


@pytest.mark.parametrize("page", PAGES + DECISIONS)
def test_paths_in_a_page_exist(page: str) -> None:
    names = re.findall(rf"`((?:{FOLDERS})/[\w./-]+)", (ROOT / page).read_text())
    assert [path for path in names if not (ROOT / path.rstrip(".")).exists() and "dist" not in path] == []


def test_images_that_are_alike_have_the_name_that_the_api_gives_them() -> None:
    """They are duplicates and near duplicates, in texts and in code. Other things than images may be copied."""
    other_names = re.compile(r"twin|\b(?:near|exact|wrong|identical) (?:copy|copies|doubles?)\b", re.IGNORECASE)
    folders = [ROOT / folder for folder in ("backend", "worker", "standalone", "frontend/src", "docs")]
    files = [
        file for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".ts", ".svelte", ".md")
    ]
    assert [str(file) for file in files if other_names.search(file.read_text())] == []


def test_locked_requirements_have_hashes_and_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock
        assert text.count("==") <= text.count("--hash=sha256:"), lock
