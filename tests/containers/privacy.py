"""Checks that no process is root and that passwords appear nowhere but in their files."""

import re
from collections.abc import Iterator

from tests.containers.stack import SERVICES, Stack, run

PROCESSES = "cat /proc/[0-9]*/status; grep ' / ' /proc/mounts"
COMMAND_LINES = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"
IMAGES = ("epochboard:cpu", "postgres:17", "valkey/valkey:8")


def no_process_is_root(stack: Stack) -> str:
    """Every process of every container: its users, what it could become, what it could write."""
    count = 0
    for service in SERVICES:
        output = stack.inside(service, PROCESSES)
        users = re.findall(r"^Uid:\s+(.+)$", output, re.MULTILINE)
        count += len(users)
        assert users, service
        assert all("0" not in user.split() for user in users), (service, users)
        assert set(re.findall(r"^CapEff:\s+(\w+)$", output, re.MULTILINE)) == {"0" * 16}, service
        assert set(re.findall(r"^NoNewPrivs:\s+(\d)$", output, re.MULTILINE)) == {"1"}, service
        assert re.search(r"^\S+ / \S+ ro[, ]", output, re.MULTILINE), f"the root of {service} can be written"
    return f"{count} processes of {len(SERVICES)} containers: none is root or can become it, roots are read-only"


def passwords(stack: Stack) -> dict[str, str]:
    return {name: stack.inside("api", f"cat /secrets/{name}").strip() for name in ("database", "redis")}


def passwords_stay_in_their_files(stack: Stack) -> str:
    words = passwords(stack)
    assert len(set(words.values())) == 2
    assert all(len(word) >= 32 for word in words.values())
    places = dict(visible_texts(stack))
    for name, word in words.items():
        assert [place for place, text in places.items() if word in text] == [], f"the password of {name} is shown"
    listed = stack.inside("api", "stat -c '%a %u:%g' /secrets/database /secrets/redis").split("\n")
    assert set(filter(None, listed)) == {"440 10001:10001"}
    kinds = dict.fromkeys(place.partition(" of ")[0] for place in places)
    return f"generated, and in none of {len(places)} places: {', '.join(kinds)}"


def visible_texts(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yields places that people and programs read, and their text."""
    yield "config", stack.compose("config")
    yield "logs", stack.compose("logs")
    for service in SERVICES:
        yield f"environment and command lines of {service}", stack.inside(service, f"env; {COMMAND_LINES}")
    for image in IMAGES if stack.engine else ():
        yield f"history of {image}", run([*stack.engine, "history", "--no-trunc", image], 60)
        yield f"inspection of {image}", run([*stack.engine, "image", "inspect", image], 60)
