"""the time of one prediction, which the proof of a bundle measures

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "median time of one prediction, of a proved bundle"
    op.add_column("exports", sa.Column("prediction_ms", sa.Double(), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("exports", "prediction_ms")
