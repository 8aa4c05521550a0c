"""Installs what requirements/NAME.txt locks where this Python is: `.venv/bin/python -m scripts.install_locked NAME`.

uv installs several times faster than pip and compiles on all cores. It does not read pip's settings, so it is handed
those that say where packages come from. Where uv can't install, pip does.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parents[1] / "requirements"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
UV = (sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--compile-bytecode")
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


def main() -> int:
    lock = LOCKS / f"{sys.argv[1]}.txt"
    has_uv = _run(*PIP, "install", "--quiet", "--only-binary", ":all:", *_locked_by(LOCKS / "uv.txt"))
    if has_uv and _run(*UV, *_locked_by(lock), environment=uv_environment(_pip_settings())):
        return 0
    print(f"uv can't install {lock.name} here, so pip does, which takes a few minutes.", file=sys.stderr, flush=True)
    return 0 if _run(*PIP, "install", *_locked_by(lock)) else 1


def uv_environment(pip_settings: str) -> dict[str, str]:
    """Returns variables that make uv look where pip looks, from what `pip config list` prints.

    pip takes the best file of all indexes, uv by default those of the first index that has the package. The locked
    hashes make both safe.
    """
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}
    lines = [line.partition("=") for line in pip_settings.splitlines()]
    for section in SECTIONS:
        for key, _, value in lines:
            variable, separator = VARIABLES.get(key.removeprefix(f"{section}."), ("", ""))
            if variable:
                found[variable] = separator.join(ast.literal_eval(value).split())
    return found


def _pip_settings() -> str:
    return subprocess.run([*PIP, "config", "list"], check=False, capture_output=True, text=True).stdout


def _locked_by(lock: Path) -> tuple[str, ...]:
    return "--require-hashes", "-r", str(lock)


def _run(*command: str, environment: dict[str, str] | None = None) -> bool:
    """Returns whether a command succeeded. Variables that are set already win over those of `environment`."""
    return subprocess.run(command, check=False, env={**(environment or {}), **os.environ}).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
