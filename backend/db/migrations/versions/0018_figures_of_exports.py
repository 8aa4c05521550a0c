"""what is measured of a small export

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "what was measured of a small TFLite file"
    op.add_column("exports", sa.Column("figures", sa.JSON(), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("exports", "figures")
