"""The entry point of the service's process: `uvicorn backend.main:create_app --factory`."""

import gc
import multiprocessing
from typing import TYPE_CHECKING

from backend.die_with_parent import end_with_parent
from backend.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """Migrates the database beside the imports, and returns the application with the settings of the environment."""
    if parent := multiprocessing.parent_process():  # uvicorn, which started this process as one of several
        end_with_parent(parent.pid)
    gc.disable()  # what is imported stays: looking for garbage in it takes a quarter of the time of the imports
    from backend.db.migrated import migrating

    settings = Settings()
    with migrating(settings):
        from backend import application
    app = application.create_app(settings)
    gc.freeze()  # later collections need not look at it either
    gc.enable()
    return app
