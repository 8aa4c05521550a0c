"""The entry point of the service's process: `uvicorn backend.main:create_app --factory`."""

import gc
from typing import TYPE_CHECKING

from backend.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app(settings: Settings | None = None) -> "FastAPI":
    """Returns the application. uvicorn passes no settings: then this process is the service's, and starts it."""
    if settings is None:
        return _start(Settings())
    from backend.application import create_app

    return create_app(settings)


def _start(settings: Settings) -> "FastAPI":
    """Migrates the database, and returns the application with the settings of the environment."""
    gc.disable()  # what is imported stays: looking for garbage in it takes a quarter of the time of the imports
    from backend.application import create_app
    from backend.db.migrated import ensure_migrated

    ensure_migrated(settings)
    app = create_app(settings)
    gc.freeze()  # later collections need not look at it either
    gc.enable()
    return app
