"""The router of each file of handlers."""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute


class Router(APIRouter):
    """Names operations after their handlers, so that a generated client keeps its names when a path changes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(generate_unique_id_function=_operation_id, **options)


def _operation_id(route: APIRoute) -> str:
    return route.name
