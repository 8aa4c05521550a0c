"""the durations of the last epochs are those of all attempts

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = "durations of this attempt's last epochs"
COMMENT = "durations of the last epochs"


def upgrade() -> None:
    _change_comment(BEFORE, COMMENT)


def downgrade() -> None:
    _change_comment(COMMENT, BEFORE)


def _change_comment(before: str, comment: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite stores no comments
        op.alter_column("runs", "last_epoch_seconds", existing_type=sa.JSON(), existing_comment=before, comment=comment)
