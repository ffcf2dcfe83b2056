"""Questions: pages to come, a message that waits for its site, numbers that move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # A month's reports of some sites are asked for far more often than those of one form.
    op.drop_index("ix_reports_period_form", "reports")
    op.create_index("ix_reports_period_site_id", "reports", ["period", "site_id"])
    op.add_column("conversations", sa.Column("more", DOCUMENT, nullable=True))
    op.add_column("conversations", sa.Column("more_at", MOMENT, nullable=True))
    op.add_column("conversations", sa.Column("held_id", ID, nullable=True))
    op.create_table(
        "number_changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("old_phone", sa.String(length=20), nullable=False),
        sa.Column("new_phone", sa.String(length=20), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_number_changes_post_id")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["posts.id"], name=op.f("fk_number_changes_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_changes")),
    )
    op.create_index("ix_number_changes_new_phone", "number_changes", ["new_phone"])
    op.create_index("ix_number_changes_post_id", "number_changes", ["post_id"])
    op.create_index(
        "ix_referrals_open_site_id",
        "referrals",
        ["site_id"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
