"""Notices, referrals, stock, who validated, and the size of a request to DHIS2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("reports", sa.Column("validated_by", ID, nullable=True))
    op.add_column("destinations", sa.Column("batch", sa.Integer(), nullable=True))
    _referrals()
    _stock()
    _outbox()


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("facility_id", ID, nullable=True),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("number", sa.String(length=4), nullable=False),
        sa.Column("age_months", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("treatments", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("arrived_at", MOMENT, nullable=True),
        sa.Column("outcome_at", MOMENT, nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("followed_up_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        _key("referrals", "site_id", "org_units"),
        _key("referrals", "facility_id", "org_units"),
        _key("referrals", "post_id", "posts"),
        _key("referrals", "inbox_id", "inbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("inbox_id", name=op.f("uq_referrals_inbox_id")),
    )
    op.create_index("ix_referrals_facility_id_made_at", "referrals", ["facility_id", "made_at"])
    op.create_index("ix_referrals_site_id_made_at", "referrals", ["site_id", "made_at"])
    op.create_index(
        "ix_referrals_open",
        "referrals",
        ["made_at"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )


def _stock() -> None:
    op.create_table(
        "stock_receipts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("inbox_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=True),
        _key("stock_receipts", "site_id", "org_units"),
        _key("stock_receipts", "inbox_id", "inbox"),
        _key("stock_receipts", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_receipts")),
        sa.UniqueConstraint("inbox_id", "code", name=op.f("uq_stock_receipts_inbox_id_code")),
    )
    op.create_index(
        "ix_stock_receipts_site_id_code", "stock_receipts", ["site_id", "code", "received_at"]
    )
    op.create_table(
        "stock_outs",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("inbox_id", ID, nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        _key("stock_outs", "site_id", "org_units"),
        _key("stock_outs", "inbox_id", "inbox"),
        _key("stock_outs", "ended_by", "inbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_outs")),
        sa.UniqueConstraint(
            "site_id", "code", "since", name=op.f("uq_stock_outs_site_id_code_since")
        ),
    )
    op.create_index(
        "ix_stock_outs_open",
        "stock_outs",
        ["site_id", "code"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
        sqlite_where=sa.text("until IS NULL"),
    )


def _outbox() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("topic", sa.String(length=40), nullable=True))
        outbox.add_column(sa.Column("subject", DOCUMENT, nullable=True))
        outbox.add_column(sa.Column("expires_at", MOMENT, nullable=True))
        outbox.add_column(sa.Column("referral_id", ID, nullable=True))
        outbox.create_foreign_key(
            op.f("fk_outbox_referral_id"), "referrals", ["referral_id"], ["id"]
        )
        outbox.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        outbox.create_check_constraint(
            op.f("ck_outbox_kind"), "kind in ('reply', 'notice', 'dhis2', 'referral')"
        )
