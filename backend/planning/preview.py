"""Augmented training images of a spec, to look at before a run is launched."""

from pydantic import BaseModel

from backend.datasets import registry
from backend.datasets.versions import resolve
from backend.db.engine import Database
from backend.errors import NotFound
from backend.messaging.rpc import HelperClient
from backend.spec import RunSpec


class SpecPreview(BaseModel):
    """`images` are data URLs of PNGs: training images after augmentation and before pixel scaling."""

    images: list[str]


def preview(database: Database, helper: HelperClient, spec: RunSpec, seed: int) -> SpecPreview:
    """Returns sixteen images; another `seed` chooses and varies others.

    Raises:
        NotFound: the dataset is not there, or not prepared yet.
        Invalid, Unavailable: no worker answered.
    """
    with database.read() as session:  # closed before the wait for the helper
        spec = resolve(session, spec)
        row = registry.find(session, spec.dataset.name)
    if row is None or row.folder is None:
        raise NotFound(f"Dataset {spec.dataset.name!r} is not downloaded yet; download it first.")
    request = {"kind": "preview", "folder": row.folder, "spec": spec.as_json(), "seed": seed}
    return SpecPreview.model_validate(helper.call(request))
