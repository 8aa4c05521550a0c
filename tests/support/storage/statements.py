"""Engines whose statements were compiled by earlier tests, as a service that runs for days has compiled them."""

from collections.abc import Callable
from typing import Any, ParamSpec

from sqlalchemy import Dialect, Engine, event

P = ParamSpec("P")

# A statement is compiled for a dialect object, of which SQLAlchemy makes one for each engine.
DIALECTS: dict[str, Dialect] = {}
COMPILED: dict[Any, Any] = {}


def with_compiled_statements(make_engine: Callable[P, Engine]) -> Callable[P, Engine]:
    """Gives what it makes the dialect of the first engine of its kind that has connected."""

    def make(*args: P.args, **kwargs: P.kwargs) -> Engine:
        engine = make_engine(*args, **kwargs)
        event.listen(engine, "connect", lambda *_: DIALECTS.setdefault(engine.name, engine.dialect))
        engine.dialect = DIALECTS.get(engine.name, engine.dialect)
        engine.update_execution_options(compiled_cache=COMPILED)
        return engine

    return make
