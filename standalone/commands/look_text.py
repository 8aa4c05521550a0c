"""Writes a look at an upload for the terminal: what `datasets add --dry-run` prints."""

from collections.abc import Iterator
from typing import Any

from standalone.commands.table import harmless, table

MAX_EXAMPLES = 3  # of a warning
MAX_CLASSES = 40
MAX_LEFT_OUT = 10


def look_text(look: dict[str, Any]) -> str:
    return "\n".join(_lines(look))


def _lines(look: dict[str, Any]) -> Iterator[str]:
    if description := look["layout"]["description"]:
        yield harmless(description)
    if parts := look["layout"]["parts"]:
        yield table(("part", "used as", "found"), [(part["path"], part["role"], part["text"]) for part in parts])
    if (found := look["layout"]["table"]) and found["columns"]:
        yield harmless(f"{found['file']}: {found['text']}")
        yield table(("column", "used as"), [(column["name"], column["role"]) for column in found["columns"]])
    yield from _classes(look)
    for choice in look["choices"]:
        yield from _choice(choice)
    for warning in look["warnings"]:
        yield from _notice(warning)
    yield from _left_out(look["left_out"])


def _classes(look: dict[str, Any]) -> Iterator[str]:
    splits = look["splits"]
    rows = [[item["name"], *(f"{item['counts'].get(split, 0):,}" for split in splits)] for item in look["classes"]]
    if len(rows) > MAX_CLASSES:
        rows = [*rows[:MAX_CLASSES], [f"… {len(rows) - MAX_CLASSES:,} more", *("" for _ in splits)]]
    yield table(("class", *splits), [*rows, ["all", *(f"{images:,}" for images in splits.values())]])


def _choice(choice: dict[str, Any]) -> Iterator[str]:
    yield from _notice(choice)
    flag = f"--{choice['option'].replace('_', '-')}"
    for value in choice["values"]:
        mark = "*" if value["value"] == choice["chosen"] else " "
        effect = f" ({value['effect']})" if value["effect"] else ""
        yield harmless(f"  {mark} {flag} {value['value']}: {value['title']}{effect}")


def _notice(notice: dict[str, Any]) -> Iterator[str]:
    yield harmless(f"! {notice['title']}. {notice['text']}".rstrip())
    for example in notice["examples"][:MAX_EXAMPLES]:
        yield harmless(f"    {example}")


def _left_out(left_out: dict[str, Any]) -> Iterator[str]:
    if not left_out["count"]:
        return
    count = left_out["count"]
    yield "1 file is left out:" if count == 1 else f"{count:,} files are left out:"
    for item in left_out["items"][:MAX_LEFT_OUT]:
        yield harmless(f"  {item['entry']}: {item['reason']}")
