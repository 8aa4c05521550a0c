"""Routes of the form's choices: recipes, and the limits and defaults of every field of a spec."""

from fastapi import APIRouter

from backend import workers
from backend.api.deps import BoardDep, SessionDep
from backend.api.lists import Items
from backend.planning.catalog import Catalog, catalog, with_gains
from backend.spec.recipes import Recipe, recipes

router = APIRouter(prefix="/api", tags=["catalog"])


@router.get("/recipes")
def list_recipes() -> Items[Recipe]:
    """Lists the shipped recipes, each with a complete spec."""
    return Items(items=recipes())


@router.get("/catalog")
def read_catalog(session: SessionDep, board: BoardDep) -> Catalog:
    """Returns choices, limits and defaults by the spec's types, and the precisions that workers compute fast."""
    return with_gains(catalog(), workers.gains(workers.all_workers(session, board.settings.lease_seconds)))
