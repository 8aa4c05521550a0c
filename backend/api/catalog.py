"""What a form may offer: the recipes, and the limits and defaults of every field of a spec."""

from fastapi import APIRouter

from backend.catalog import Catalog, catalog
from backend.recipes import Recipe, recipes
from backend.schemas import Items

router = APIRouter(prefix="/api", tags=["catalog"])


@router.get("/recipes")
def list_recipes() -> Items[Recipe]:
    """The recipes that we ship, each a complete spec."""
    return Items(items=recipes())


@router.get("/catalog")
def read_catalog() -> Catalog:
    """Choices, limits and defaults, derived from the spec's types."""
    return catalog()
