"""Where a forward was sent, whether completeness is in doubt, and which rows are in flight."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "outbox",
        sa.Column("complete_doubted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("outbox", sa.Column("sent_to", sa.String(length=11), nullable=True))
    leased = sa.text("lease IS NOT NULL")
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["kind", "lease"],
        postgresql_where=leased,
        sqlite_where=leased,
    )
