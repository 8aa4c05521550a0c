"""Versions of a dataset: which one a spec gets, and the creation of a new one.

A version is a dataset of its own, with its own images and labels, so that runs on another one keep theirs.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.datasets.version_names import base_name, split_name, stored_name, version_name, version_title
from backend.db.models import Dataset, Run
from backend.errors import Conflict, FieldError, Invalid
from backend.phrases import sentence
from backend.spec import RunSpec

MAX_VERSIONS = 100  # of a dataset; each has its own copy of the images


def versions(session: Session, base: str, *filters: Any) -> list[str]:
    """Returns the names of the stored versions from 2 on, the oldest first."""
    like = Dataset.name.startswith(f"{base}@", autoescape=True)
    names = session.scalars(select(Dataset.name).where(like, *filters)).all()
    return sorted((name for name in names if base_name(name) == base), key=lambda name: split_name(name)[1] or 1)


def resolve(session: Session, spec: RunSpec, cloned_from: Run | None = None) -> RunSpec:
    """Returns the spec with the version that it gets: the one that it names, else the newest that is ready.

    The clone of a run gets that run's version, unless it names another one.
    """
    name = spec.dataset.name
    if split_name(name)[1] is None and not (cloned_from is not None and cloned_from.dataset == name):
        ready = versions(session, name, Dataset.status == "ready")
        return with_dataset(spec, ready[-1] if ready else name)
    return with_dataset(spec, stored_name(name))


def with_dataset(spec: RunSpec, name: str) -> RunSpec:
    dataset = spec.dataset.model_copy(update={"name": name})
    return spec if name == spec.dataset.name else spec.model_copy(update={"dataset": dataset})


def create(session: Session, parent: Dataset, derivation: dict[str, Any], image_options: Mapping[str, Any]) -> Dataset:
    """Creates the row of the next version, for a job to claim. It is made of `parent` by `derivation`.

    `image_options` are those that differ from the parent's.

    Raises:
        Conflict: There are too many versions, or another request took the number.
    """
    base = base_name(parent.name)
    session.get(Dataset, base, with_for_update=True)  # so that two requests don't take the same number
    number = _next_number(session, base)
    upload = {**(parent.upload or {}), **image_options, "archive": None}
    row = Dataset(name=version_name(base, number), status="preparing", touched_at=0.0, upload=upload)
    row.derivation = {"of": parent.name, **derivation}
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"Another request made {version_title(row.name)} just now; look at it first.") from error
    return row


def _next_number(session: Session, base: str) -> int:
    """Returns a number that no version has, and that no run of a deleted version names."""
    stored = versions(session, base)
    if len(stored) >= MAX_VERSIONS:
        raise Conflict(
            f"Dataset {base!r} has {len(stored)} versions; at most {MAX_VERSIONS} are kept. Delete one first."
        )
    trained = session.scalars(select(Run.dataset).where(Run.dataset.startswith(f"{base}@", autoescape=True)).distinct())
    taken = [split_name(name) for name in (*stored, *trained)]
    return 1 + max((number or 1 for name, number in taken if name == base), default=1)


def check_disk_space(data_dir: Path, needed: int) -> None:
    """Raises Invalid if the disk has no room for the images of a version, `needed` bytes."""
    free = shutil.disk_usage(data_dir).free
    if needed > free:
        message = f"the images need {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free; free some space"
        raise Invalid(sentence(message), [FieldError([], message)])
