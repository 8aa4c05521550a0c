"""Reads a value from a JSON column by a path."""

from typing import Any

from sqlalchemy import Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class json_text(GenericFunction[str]):  # noqa: N801 - named as in SQL
    """The value at a path such as `optimizer.name`, as a text; null where there is none.

    Our own paths only: they are not escaped. SQLite returns numbers as such, and 0 and 1 for booleans.
    """

    type = Text()
    inherit_cache = True

    def __init__(self, column: Any, path: str) -> None:
        super().__init__(column, literal_column(path))


@compiles(json_text, "sqlite")
def _sqlite_text(element: json_text, compiler: SQLCompiler, **options: Any) -> str:
    column, path = element.clauses
    keys = "".join(f'."{key}"' for key in str(path).split("."))
    return f"json_extract({compiler.process(column, **options)}, '${keys}')"


@compiles(json_text, "postgresql")
def _postgresql_text(element: json_text, compiler: SQLCompiler, **options: Any) -> str:
    column, path = element.clauses
    return f"({compiler.process(column, **options)} #>> '{{{str(path).replace('.', ',')}}}')"
