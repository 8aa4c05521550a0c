"""what `precision: "auto"` was decided to be

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    decided = "what `auto` of its spec was decided to be; kept for ever"
    reason = "why, in a sentence without the full stop"
    op.add_column("runs", sa.Column("precision", sa.Text(), nullable=True, comment=decided))
    op.add_column("runs", sa.Column("precision_reason", sa.Text(), nullable=True, comment=reason))


def downgrade() -> None:
    op.drop_column("runs", "precision_reason")
    op.drop_column("runs", "precision")
