"""the time of one prediction is the shortest one: medians of earlier bundles are not compared with it

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "median time of one prediction, of a proved bundle"
COMMENT = "shortest time of one prediction, of a proved bundle"


def upgrade() -> None:
    op.execute("UPDATE exports SET prediction_ms = NULL")
    _change_comment(BEFORE, COMMENT)


def downgrade() -> None:
    _change_comment(COMMENT, BEFORE)


def _change_comment(before: str, comment: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite stores no comments
        op.alter_column("exports", "prediction_ms", existing_type=sa.Double(), existing_comment=before, comment=comment)
