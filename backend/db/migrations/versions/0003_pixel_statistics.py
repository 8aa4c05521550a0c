"""pixel statistics and the hash of the dataset

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "pixel_statistics",
                sa.JSON(none_as_null=True),
                nullable=True,
                comment="what scaling `standard` takes away and divides by, by channel",
            )
        )
        batch_op.add_column(sa.Column("dataset_hash", sa.Text(), nullable=True, comment="of what it was trained on"))


def downgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_column("dataset_hash")
        batch_op.drop_column("pixel_statistics")
