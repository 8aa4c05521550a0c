"""Installs what requirements/NAME.txt locks where this Python is: `.venv/bin/python -m scripts.install_locked NAME`.

uv installs several times faster than pip. It does not read pip's settings, so it is handed those that say where
packages come from. Where uv can't install, pip does.
"""

import argparse
import ast
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
UV = (sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable)
UNREACHABLE = (
    "The package index can't be reached: check the network and `{pip} config list`, then repeat the command. "
    "What was downloaded is kept."
)
SECTIONS = ("global", "install", ":env:")  # of pip's settings; a later one overrides an earlier one
# Settings of pip, the variable by which uv takes each, and what separates several values there.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "proxy": ("ALL_PROXY", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
}
# A board and its first trainer import most modules of these, and a third of all that is installed in all. Compiled
# here, they take all cores; the imports would compile them one after the other. Each other module is compiled by its
# first import.
IMPORTED_FIRST = (
    *("alembic", "celery", "fastapi", "google", "keras", "kombu", "mako", "numpy", "pydantic", "redis"),
    *("rich", "sqlalchemy", "starlette", "tensorflow"),
)
OUR_PACKAGES = ("backend", "standalone", "worker")


def main() -> int:
    options = parse()
    if options.name == "uv":
        return install_uv()
    # uv takes a package that an interrupted installation has left half written for an installed one.
    unfinished = Path(sys.prefix) / f".installing-{options.name}"
    arguments = ["--reinstall"] if unfinished.exists() else []
    if options.target:
        arguments += ["--target", str(options.target)]
    unfinished.touch()
    if not install(LOCKS / f"{options.name}.txt", arguments, options.compile_all):
        return 1
    unfinished.unlink()
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Installs what requirements/NAME.txt locks.")
    parser.add_argument("name", help="cpu, gpu, api, dev, node, or uv, which installs the others")
    parser.add_argument("--target", type=Path, help="a folder to install into, in place of this environment")
    parser.add_argument("--compile-all", action="store_true", help="compile all modules, not only those used first")
    return parser.parse_args()


def install_uv() -> int:
    """Installs uv by pip. Returns 1 if no package can be had; where there is only no uv, pip will do."""
    command = (*PIP, "install", "--quiet", "--only-binary", ":all:", *locked_by(LOCKS / "uv.txt"))
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0 and not index_is_reachable(LOCKS / "cpu.txt"):
        return 1
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr, flush=True)
    return 0


def install(lock: Path, arguments: Sequence[str], compile_all: bool) -> bool:
    """Returns whether uv, or else pip, has installed what is locked."""
    started = time.monotonic()
    print(f"Installing the Python packages of requirements/{lock.name} …", flush=True)
    compiling = ("--compile-bytecode",) if compile_all else ()
    if find_spec("uv") and run(*UV, *compiling, *arguments, *locked_by(lock), environment=uv_environment()):
        if not compile_all:
            compile_imported_first()
    elif not index_is_reachable(lock):
        return False
    else:
        print(
            f"uv can't install {lock.name} here, so pip does, which takes a few minutes.", file=sys.stderr, flush=True
        )
        if not run(*PIP, "install", *(pip_argument(argument) for argument in arguments), *locked_by(lock)):
            return False
    print(f"Installed the Python packages in {time.monotonic() - started:.0f} s.", flush=True)
    return True


def pip_argument(argument: str) -> str:
    return "--force-reinstall" if argument == "--reinstall" else argument


def compile_imported_first() -> None:
    packages = Path(sysconfig.get_path("purelib"))
    folders = [*(packages / name for name in IMPORTED_FIRST), *(ROOT / name for name in OUR_PACKAGES)]
    existing = [str(folder) for folder in folders if folder.is_dir()]
    if existing:
        run(sys.executable, "-m", "compileall", "-qq", "-j", "0", *existing)


def index_is_reachable(lock: Path) -> bool:
    """Asks once for the first package of a lock, and says what to do where there is no answer."""
    package = next(line.partition("==")[0] for line in lock.read_text().splitlines() if "==" in line)
    command = (*PIP, "index", "versions", "--retries", "0", "--timeout", "10", package)
    reachable = subprocess.run(command, check=False, capture_output=True).returncode == 0
    if not reachable:
        print(UNREACHABLE.format(pip=" ".join(PIP[:3])), file=sys.stderr, flush=True)
    return reachable


def uv_environment() -> dict[str, str]:
    settings = subprocess.run([*PIP, "config", "list"], check=False, capture_output=True, text=True).stdout
    return variables_of(settings)


def variables_of(pip_settings: str) -> dict[str, str]:
    """Returns variables that make uv look where pip looks, from what `pip config list` prints.

    pip takes the best file of all indexes, uv by default those of the first index that has the package. The locked
    hashes make both safe.
    """
    variables = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}
    lines = [line.partition("=") for line in pip_settings.splitlines()]
    for section in SECTIONS:
        for key, _, value in lines:
            variable, separator = VARIABLES.get(key.removeprefix(f"{section}."), ("", ""))
            if variable:
                variables[variable] = separator.join(ast.literal_eval(value).split())
    return variables


def locked_by(lock: Path) -> tuple[str, ...]:
    return "--require-hashes", "-r", str(lock)


def run(*command: str, environment: dict[str, str] | None = None) -> bool:
    """Returns whether a command succeeded. Variables that are set already win over those of `environment`."""
    return subprocess.run(command, check=False, env={**(environment or {}), **os.environ}).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
