"""Names of versions: version 1 of a dataset has its name, and version n the name `NAME@n`."""

import re

VERSION = re.compile(r"(?P<base>.+)@(?P<number>[1-9][0-9]{0,5})")


def split_name(name: str) -> tuple[str, int | None]:
    """Returns the name of version 1, and the number of the version that `name` has, or None."""
    match = VERSION.fullmatch(name)
    return (match["base"], int(match["number"])) if match else (name, None)


def version_name(base: str, number: int) -> str:
    return base if number == 1 else f"{base}@{number}"


def version_title(name: str) -> str:
    """Returns a name for a sentence: `version 2 of 'shells'`."""
    base, number = split_name(name)
    return f"version {number or 1} of {base!r}"
