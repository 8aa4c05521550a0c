"""Routes of the form's choices: recipes, and the limits and defaults of every field of a spec."""

from backend import workers
from backend.api.deps import BoardDep, SessionDep
from backend.api.http.lists import Items
from backend.api.http.router import Router
from backend.planning.catalog import catalog, with_gains, with_weights
from backend.planning.catalog_schemas import Catalog
from backend.spec.recipes import Recipe, recipes

router = Router(prefix="/api", tags=["catalog"])


@router.get("/recipes", summary="List recipes")
def list_recipes() -> Items[Recipe]:
    """Lists the named specs that the board ships. Each is complete and can be launched by its name."""
    return Items(items=recipes())


@router.get("/catalog", summary="Read the catalog")
def read_catalog(session: SessionDep, board: BoardDep) -> Catalog:
    """Returns what a form for a spec may offer: choices, limits and defaults of every field, the precisions that a
    worker computes fast, and whether the weights of each backbone are on this machine.
    """
    return with_gains(
        with_weights(catalog()), workers.gains(workers.all_workers(session, board.settings.lease_seconds))
    )
