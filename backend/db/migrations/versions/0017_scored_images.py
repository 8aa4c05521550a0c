"""how many images a run is scored on, which the intervals of its accuracies need

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = {
    "validation_images": "that its epochs are scored on",
    "test_images": "of the test split, as its spec limits it",
}


def upgrade() -> None:
    for name, comment in COLUMNS.items():
        op.add_column("runs", sa.Column(name, sa.Integer(), nullable=True, comment=comment))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("runs", name)
