"""Creates a new version of a dataset from changes of its labels and classes."""

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.datasets import registry, versions
from backend.datasets.derivation import Derivation, Derived, derive
from backend.datasets.images import open_dataset
from backend.datasets.schemas import DatasetRead
from backend.db.engine import Database
from backend.db.models import Dataset, LabelDecision
from backend.errors import Conflict

NOT_YET = ("image_size", "fit", "color")


class VersionCreate(Derivation):
    """Changes of a dataset, for a new version of it."""

    @model_validator(mode="before")
    @classmethod
    def _no_new_pixels(cls, body: Any) -> Any:
        unsupported = [name for name in NOT_YET if isinstance(body, dict) and name in body]
        if unsupported:
            names = " and ".join(unsupported)
            raise ValueError(f"{names} can't be changed by a version yet; leave it out, or upload the images again")
        return body


def create_version(database: Database, data_dir: Path, name: str, request: VersionCreate) -> DatasetRead:
    """Creates the row of the next version of a dataset, which a jobs worker then writes. The dataset stays as it is.

    Raises:
        NotFound: There is no such dataset, or it is not ready.
        Invalid: as `derive`, or the disk has no room for a copy of the images.
        Conflict: The dataset was replaced meanwhile, or as `versions.create`.
    """
    with database.read() as session:
        derived = derive(open_dataset(session, data_dir, name), request)
        folder = session.get_one(Dataset, name).folder
        versions.check_disk_space(data_dir, folder)
    with database.write() as session:
        parent = session.get(Dataset, name, with_for_update=True)
        if parent is None or parent.folder != folder:
            raise Conflict(f"Dataset {name!r} was replaced just now, so nothing was made of it; look at it again.")
        row = versions.create(session, parent, request.model_dump(mode="json", by_alias=True))
        _keep_decisions(session, name, row.name, derived)
        return registry.dataset_read(row.name, row)


def _keep_decisions(session: Session, name: str, version: str, derived: Derived) -> None:
    """Copies what was decided to be right, so that nobody is asked about the same image again."""
    kept = select(LabelDecision).where(LabelDecision.dataset == name, LabelDecision.action == "keep")
    for row in session.scalars(kept).all():
        positions = derived.positions[row.split]
        place = int(np.searchsorted(positions, row.position))
        if place < len(positions) and positions[place] == row.position:
            session.add(_copy(row, version, place))


def _copy(row: LabelDecision, version: str, position: int) -> LabelDecision:
    return LabelDecision(
        dataset=version,
        split=row.split,
        position=position,
        action=row.action,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        revision=row.revision,
    )
