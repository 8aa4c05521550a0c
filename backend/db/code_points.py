"""The order of texts by their code points, which all databases and Python have in common."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class ByCodePoints(GenericFunction[str]):
    """A text that is compared by its code points. It is so in SQLite; PostgreSQL has the order of a language."""

    type = Text()
    inherit_cache = True


@compiles(ByCodePoints, "sqlite")
def _sqlite_text(element: ByCodePoints, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **options)


@compiles(ByCodePoints, "postgresql")
def _postgresql_text(element: ByCodePoints, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses.clauses[0], **options)} COLLATE "C")'
