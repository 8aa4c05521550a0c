"""The entry point of the service's process: `uvicorn backend.main:create_app --factory`."""

import multiprocessing
from typing import TYPE_CHECKING

from backend.die_with_parent import end_with_parent
from backend.imports import without_collections
from backend.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """Migrates the database beside the imports, and returns the application with the settings of the environment."""
    if parent := multiprocessing.parent_process():  # uvicorn, which started this process as one of several
        end_with_parent(parent.pid)
    settings = Settings()
    with without_collections():
        from backend.db.migrated import migrating

        with migrating(settings):
            from backend import application
        return application.create_app(settings)
