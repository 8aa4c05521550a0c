"""Names of versions of a dataset: version 1 has the dataset's name, and version n the name `NAME@n`.

They are apart from what the database knows of versions, so that a process that reads images loads no SQLAlchemy.
"""

import re

VERSION = re.compile(r"(?P<base>.+)@(?P<number>[1-9][0-9]{0,5})")


def split_name(name: str) -> tuple[str, int | None]:
    """Returns the name of version 1, and the number in `name`, or None where it has none."""
    match = VERSION.fullmatch(name)
    return (match["base"], int(match["number"])) if match else (name, None)


def base_name(name: str) -> str:
    return split_name(name)[0]


def version_name(base: str, number: int) -> str:
    return base if number == 1 else f"{base}@{number}"


def version_title(name: str) -> str:
    """Returns a name for a sentence: `version 2 of 'shells'`."""
    base, number = split_name(name)
    return f"version {number or 1} of {base!r}"


def stored_name(name: str) -> str:
    """Returns the name under which a version is stored: `NAME@1` is `NAME`."""
    base, number = split_name(name)
    return base if number == 1 else name
