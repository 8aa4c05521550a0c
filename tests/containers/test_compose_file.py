"""Dockerfiles and docker-compose.yml without an engine: what they say of users, secrets, health and our own code."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.settings import Settings
from standalone.board import services

ROOT = Path(__file__).parents[2]
DOCKERFILES = ("Dockerfile", "Dockerfile.gpu")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Each instruction with its arguments, lines that go on joined, comments left out."""
    text = re.sub(r"^#.*\n", "", (ROOT / dockerfile).read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def let_in() -> set[str]:
    """What .dockerignore lets into a build."""
    return set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))


def test_the_services_are_those_of_the_board() -> None:
    assert SERVICES.keys() == {"secrets", "database", "valkey", "api", "worker", "jobs", "worker-gpu"}
    assert SERVICES["worker-gpu"]["profiles"] == ["gpu"]
    assert [name for name in SERVICES if "profiles" in SERVICES[name]] == ["worker-gpu"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_root_or_can_become_it(name: str) -> None:
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service.get("privileged") is None


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_watched_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_each_service_waits_until_what_it_needs_is_healthy() -> None:
    needed = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert all(how == {"condition": "service_healthy"} for needs in needed.values() for how in needs.values())
    workers = {name: {"api"} for name in ("worker", "jobs", "worker-gpu")}
    first = {name: {"secrets"} for name in ("database", "valkey")}
    assert {name: set(needs) for name, needs in needed.items()} == {
        "secrets": set(), **first, "api": {"database", "valkey"}, **workers
    }  # fmt: skip


def test_only_the_page_is_published_and_on_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:${EPOCHBOARD_PORT:-8000}:8000"]}


def test_no_password_stands_in_a_file() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or (key.endswith("_FILE") and value.startswith("/secrets/")), (name, key)
            assert not re.search(r"://[^/]*:[^/]*@", value), (name, key)
    for file in ("docker-compose.yml", *DOCKERFILES):
        assert not re.search(r"(password|passwd|secret|token|requirepass)\s*[=:]\s*['\"]?[\w-]", text_of(file), re.I), (
            file
        )


def text_of(file: str) -> str:
    """Without the names of files and volumes, which may speak of secrets."""
    return re.sub(r"/secrets\S*|secrets:(?=/| *\{)|^  secrets:$", "", (ROOT / file).read_text(), flags=re.MULTILINE)


def test_only_the_service_that_makes_passwords_can_write_them() -> None:
    mounts = {name: [v for v in service["volumes"] if v.startswith("secrets:")] for name, service in SERVICES.items()}
    assert mounts.pop("secrets") == ["secrets:/secrets"]
    assert set(map(tuple, mounts.values())) == {("secrets:/secrets:ro",)}


@pytest.mark.parametrize("name", sorted(OURS - {"secrets"}))
def test_each_setting_of_a_service_exists(name: str) -> None:
    known = {field.metadata["name"] for field in fields(Settings)}
    environment = SERVICES[name]["environment"]
    assert environment.keys() <= known
    assert environment.keys() >= {"EPOCHBOARD_DATABASE_URL", "EPOCHBOARD_REDIS_URL"}


def test_the_parts_run_by_the_same_command_lines_as_under_up() -> None:
    for name, part in {
        "worker": services.worker("train-0", "train"),
        "worker-gpu": services.worker("train-0", "train"),
        "jobs": services.worker("jobs", "jobs,quick"),
    }.items():
        assert SERVICES[name]["command"] == ["python", *part.command[1:]]
    served = services.api("0.0.0.0", 8000, processes=1)  # noqa: S104 - inside its container
    command = [word.replace("${EPOCHBOARD_API_PROCESSES:-1}", "1") for word in SERVICES["api"]["command"]]
    assert command == ["python", *served.command[1:]]


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_a_dockerfile_copies_what_is_there_and_let_in(dockerfile: str) -> None:
    copied = [
        words.split()[:-1] for kind, words in instructions(dockerfile) if kind == "COPY" and "--from" not in words
    ]
    sources = [source for words in copied for source in words]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not let_in() & {source, source.split("/")[0]}] == []
    assert {"backend", "worker", "standalone"} <= set(sources)


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_an_image_runs_as_the_user_of_the_services_and_reaps_its_children(dockerfile: str) -> None:
    values = dict(instructions(dockerfile))
    assert values["USER"] == SERVICES["worker"]["user"] == SERVICES["worker-gpu"]["user"]
    assert values["ENTRYPOINT"] == '["tini", "--"]'


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_requirements_are_locked_by_hash_and_installed_before_our_code(dockerfile: str) -> None:
    steps = instructions(dockerfile)
    requirements = next(at for at, (_, words) in enumerate(steps) if "--require-hashes" in words)
    code = next(at for at, (kind, words) in enumerate(steps) if kind == "COPY" and words.startswith("backend"))
    assert requirements < code
    installs = [words for _, words in steps if "pip install" in words]
    assert all("--require-hashes" in words or "--no-index" in words for words in installs)


def test_a_build_takes_in_only_what_an_image_needs() -> None:
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    code = {"backend", "worker", "standalone", "frontend"}
    assert let_in() == {*code, "requirements", "scripts/install_locked.py", "pyproject.toml", "README.md"}
