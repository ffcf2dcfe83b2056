"""Reminders: the network of a notice, and how far a day's run has come."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = "kind = 'notice' AND state = 'waiting'"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("network", sa.String(length=20), nullable=True))
    op.create_index(
        "ix_outbox_notices_due",
        "outbox",
        ["network", "next_at"],
        postgresql_where=sa.text(DUE),
        sqlite_where=sa.text(DUE),
    )
    op.create_table(
        "runs",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("cursor", ID, server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_runs")),
    )
