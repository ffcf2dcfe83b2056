"""Conversation: what an answer asked, and reports that were withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("post_id", ID, autoincrement=False, nullable=False),
        sa.Column("asked", DOCUMENT, nullable=False),
        sa.Column("undo_id", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("touched", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_conversations_post_id")),
        sa.ForeignKeyConstraint(["undo_id"], ["inbox.id"], name=op.f("fk_conversations_undo_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_conversations")),
    )
    op.add_column(
        "reports",
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
