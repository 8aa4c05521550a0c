"""A dataset with two classes of pets, one of them without test images."""

import pytest

from backend.db.engine import Database
from backend.db.models import Dataset
from tests.support.service.spec_check import PETS_MANIFEST


@pytest.fixture
def pets(database: Database) -> None:
    with database.write() as session:
        row = Dataset(name="pets", status="ready", folder="datasets/pets", manifest=PETS_MANIFEST, touched_at=0.0)
        session.add(row)
