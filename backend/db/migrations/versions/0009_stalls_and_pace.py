"""stalls of a run's trainer, and the durations of its last epochs

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stalls = sa.Column(
        "stalls", sa.Integer(), nullable=False, server_default="0", comment="stalls since an epoch was last saved"
    )
    op.add_column("runs", stalls)
    comment = "when a trainer that stalls was last heard of"
    op.add_column("runs", sa.Column("stalled_since", sa.Double(), nullable=True, comment=comment))
    seconds = sa.Column(
        "last_epoch_seconds",
        sa.JSON(none_as_null=True),
        nullable=False,
        server_default="[]",
        comment="durations of this attempt's last epochs",
    )
    op.add_column("runs", seconds)


def downgrade() -> None:
    op.drop_column("runs", "last_epoch_seconds")
    op.drop_column("runs", "stalled_since")
    op.drop_column("runs", "stalls")
