"""Training images as a spec's augmentation varies them, for a person to look at before anything is trained."""

from pydantic import BaseModel

from backend.datasets import registry
from backend.db.engine import Database
from backend.errors import NotFound
from backend.messaging.rpc import HelperClient
from backend.spec import RunSpec


class SpecPreview(BaseModel):
    """`images` are data URLs of PNGs: what the trainer makes of training images before it scales their pixels."""

    images: list[str]


def preview(database: Database, questions: HelperClient, spec: RunSpec, seed: int) -> SpecPreview:
    """Sixteen images, others for another `seed`.

    Raises:
        NotFound: the dataset is not there, or not prepared yet.
        Invalid, Unavailable: no worker could answer.
    """
    with database.read() as session:  # given back before the wait for an answer
        row = registry.find(session, spec.dataset.name)
    if row is None or row.folder is None:
        raise NotFound(f"Dataset {spec.dataset.name!r} has no images here yet; prepare it first.")
    question = {"kind": "preview", "folder": row.folder, "spec": spec.as_json(), "seed": seed}
    return SpecPreview.model_validate(questions.ask(question))
