"""The entry point of the service's process: `uvicorn backend.main:create_app --factory`."""

import gc
from typing import TYPE_CHECKING

from backend.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """Migrates the database, and returns the application with the settings of the environment."""
    gc.disable()  # what is imported stays: looking for garbage in it takes a quarter of the time of the imports
    from backend import application
    from backend.db.migrated import ensure_migrated

    settings = Settings()
    ensure_migrated(settings)
    app = application.create_app(settings)
    gc.freeze()  # later collections need not look at it either
    gc.enable()
    return app
