"""Creates a new version of a dataset from changes of its labels and classes."""

import math
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.datasets import registry, versions
from backend.datasets.derivation import Derivation, Derived, derive, image_options
from backend.datasets.images import open_dataset
from backend.datasets.schemas import DatasetRead, ImageOptions
from backend.datasets.store import Manifest
from backend.db.engine import Database
from backend.db.models import Dataset, LabelDecision
from backend.errors import Conflict


def create_version(database: Database, data_dir: Path, name: str, request: Derivation) -> DatasetRead:
    """Creates the row of the next version of a dataset, which a jobs worker then writes. The dataset stays as it is.

    Raises:
        NotFound: There is no such dataset, or it is not ready.
        Invalid: as `derive`, or the disk has no room for a copy of the images.
        Conflict: The dataset was replaced meanwhile, or as `versions.create`.
    """
    with database.read() as session:
        dataset = open_dataset(session, data_dir, name)
        derived = derive(dataset, request)
        options = image_options(dataset.manifest, request)
        folder = session.get_one(Dataset, name).folder
    versions.check_disk_space(data_dir, _image_bytes(dataset.manifest, derived, options))
    with database.write() as session:
        parent = session.get(Dataset, name, with_for_update=True)
        if parent is None or parent.folder != folder:
            raise Conflict(f"Dataset {name!r} was replaced just now, so nothing was made of it; look at it again.")
        derivation = request.model_dump(mode="json", by_alias=True)
        row = versions.create(session, parent, derivation, options.model_dump() if options else {})
        _keep_decisions(session, name, row.name, derived)
        return registry.dataset_read(row.name, row)


def _image_bytes(manifest: Manifest, derived: Derived, options: ImageOptions | None) -> int:
    shape = options.image_shape if options else manifest.image_shape
    return sum(map(len, derived.positions.values())) * math.prod(shape)


def _keep_decisions(session: Session, name: str, version: str, derived: Derived) -> None:
    """Copies the decisions that a label is right, so that the same image is not suspected again."""
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
