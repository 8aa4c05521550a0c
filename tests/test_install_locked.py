"""`make setup` installs what is locked by uv, with pip's settings, and by pip where uv can't."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import install_locked

REPOSITORY = Path(__file__).parents[1]
PIP_SETTINGS = """
:env:.find-links='/wheels https://wheels.test'
:env:.no-index='1'
global.index-url='https://one.test/simple'
global.quiet='1'
install.extra-index-url='https://two.test/simple\\nhttps://three.test/simple'
install.index-url='https://four.test/simple'
install.trusted-host='four.test'
"""


@dataclass
class Bare:
    """A copy of the script with a lock of one package, and an environment without packages."""

    folder: Path
    python: Path

    def install(self, *arguments: str, first_on_path: Sequence[Path] = (), status: int = 0, **settings: str) -> str:
        """Returns what was printed as errors. pip finds the package by its settings alone."""
        path = os.pathsep.join((*map(str, first_on_path), sysconfig.get_path("purelib")))  # pip and uv are there
        found = {"PIP_FIND_LINKS": str(self.folder), "PIP_NO_INDEX": "1", "PYTHONPATH": path, **settings}
        command = (str(self.python), "-m", "scripts.install_locked", "tiny", *arguments)
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **found}, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr
        return done.stderr

    def answer(self) -> str:
        return subprocess.check_output((self.python, "-c", "import tiny; print(tiny.ANSWER)"), text=True).strip()


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "requirements").mkdir()
    shutil.copy(REPOSITORY / "scripts/install_locked.py", tmp_path / "scripts")
    digest = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    (tmp_path / "requirements/tiny.txt").write_text(f"tiny==1.0 --hash=sha256:{digest}\n")
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"), check=True)
    return Bare(tmp_path, tmp_path / "venv/bin/python")


def wheel(folder: Path) -> Path:
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", "ANSWER = 42\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    return path


def test_uv_looks_where_pip_looks() -> None:
    environment = install_locked.variables_of(PIP_SETTINGS)

    assert environment == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
        "UV_DEFAULT_INDEX": "https://four.test/simple",
        "UV_INDEX": "https://two.test/simple https://three.test/simple",
        "UV_FIND_LINKS": "/wheels,https://wheels.test",
        "UV_NO_INDEX": "1",
        "UV_INSECURE_HOST": "four.test",
    }


def test_uv_installs_and_compiles_what_is_locked(bare: Bare) -> None:
    errors = bare.install("--compile-all")

    assert "+ tiny==1.0" in errors
    assert "Bytecode compiled" in errors
    assert bare.answer() == "42"


def test_packages_go_into_a_folder_of_their_own_where_one_is_named(bare: Bare) -> None:
    bare.install("--target", "tools")

    assert (bare.folder / "tools/tiny.py").is_file()


def test_an_installation_that_was_interrupted_is_repaired(bare: Bare) -> None:
    bare.install()
    module = next(bare.folder.glob("venv/lib/*/site-packages/tiny.py"))
    module.unlink()
    (bare.folder / "venv/.installing-tiny").touch()  # its removal is the last step

    bare.install()

    assert bare.answer() == "42"
    assert not (bare.folder / "venv/.installing-tiny").exists()


def test_without_a_network_one_sentence_says_so(bare: Bare) -> None:
    errors = bare.install(
        status=1,
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_NO_INDEX="0",
        UV_HTTP_RETRIES="0",
        UV_NO_CACHE="1",
    )

    assert errors.splitlines()[-1].startswith("The package index can't be reached: check the network and ")
    assert "so pip does" not in errors


def test_pip_installs_what_is_locked_where_uv_can_not(bare: Bare) -> None:
    (bare.folder / "broken/uv").mkdir(parents=True)
    (bare.folder / "broken/uv/__init__.py").touch()
    (bare.folder / "broken/uv/__main__.py").write_text("raise SystemExit('no such instruction')")

    errors = bare.install(first_on_path=[bare.folder / "broken"])

    assert "no such instruction" in errors
    assert "uv can't install tiny.txt here, so pip does" in errors
    assert bare.answer() == "42"


def test_a_file_with_another_hash_is_not_installed(bare: Bare) -> None:
    (bare.folder / "requirements/tiny.txt").write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")

    assert "DO NOT MATCH THE HASHES" in bare.install(status=1)
