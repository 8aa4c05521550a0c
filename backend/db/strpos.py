"""The position of a text in another one: faster than a pattern, and upper case is not lower case."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class strpos(GenericFunction[int]):  # noqa: N801 - named as in SQL
    """`strpos(text, part)`, from 1; 0 where the part does not occur."""

    type = Integer()
    inherit_cache = True


@compiles(strpos, "sqlite")
def _sqlite_position(element: strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **options)}"
