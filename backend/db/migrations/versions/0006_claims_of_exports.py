"""who is at an export, and a run's initial weights by the name of their file

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    claim = sa.Column("claim", sa.Text(), nullable=True, comment="names the folder of the job that makes it")
    op.add_column("exports", claim)
    tries = sa.Column(
        "tries", sa.Integer(), nullable=False, server_default="0", comment="jobs that took it since it was wanted"
    )
    op.add_column("exports", tries)
    op.execute("UPDATE artifacts SET name = 'init.keras' WHERE name = 'init'")


def downgrade() -> None:
    op.execute("UPDATE artifacts SET name = 'init' WHERE name = 'init.keras'")
    op.drop_column("exports", "tries")
    op.drop_column("exports", "claim")
