"""The documents say what the code does: settings, make targets, and paths that are there."""

import re
import subprocess
from pathlib import Path

import pytest

from backend.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/settings.md", "docs/containers.md"]
FOLDERS = "backend|worker|standalone|frontend|tests|benchmarks|docs|scripts|requirements"
OF_THE_CLIENT = {"EPOCHBOARD_URL", "EPOCHBOARD_TOKEN"}


def settings_table() -> dict[str, str]:
    """The variable of each row, and what its last column says."""
    rows = re.findall(r"^\| `(EPOCHBOARD_\w+)` \|.*\| (.+) \|$", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    return dict(rows)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_each_setting_has_a_row_and_each_row_a_setting() -> None:
    names = {f"EPOCHBOARD_{name.upper()}" for name in Settings.model_fields}
    assert settings_table().keys() == names | OF_THE_CLIENT


def test_each_setting_is_told_in_a_sentence() -> None:
    assert all(sentence.endswith(".") and len(sentence) > 20 for sentence in settings_table().values())


def test_make_help_lists_each_target_with_what_it_does() -> None:
    lines = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {line.split()[1] for line in lines} == make_targets()
    assert make_targets() >= {"up", "test", "setup", "bench", "help", "lock", "client", "lint", "compose-check"}


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_that_a_page_names_exist(page: str) -> None:
    named = re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE)
    assert set(named) <= make_targets()


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_a_page_names_exist(page: str) -> None:
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]+)", (ROOT / page).read_text())
    assert [path for path in named if not (ROOT / path.rstrip(".")).exists() and "dist" not in path] == []


def test_locked_requirements_have_hashes_and_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock
        assert text.count("==") <= text.count("--hash=sha256:"), lock
