"""Tables of what happens at a site between two reports: referrals, receipts, stock-outs."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from gateway.storage.tables.base import Document, Moment, metadata, new_id

# A sick person sent to the health facility. `number` stands on the paper slip, unique
# within the facility for a year; there is no identity here, and the age goes after a while.
referrals = Table(
    "referrals",
    metadata,
    new_id(),
    Column("site_id", ForeignKey("org_units.id"), nullable=False),
    Column("facility_id", ForeignKey("org_units.id")),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("inbox_id", ForeignKey("inbox.id"), unique=True),
    Column("number", String(4), nullable=False),
    Column("age_months", Integer),
    Column("sex", String(1), nullable=False),
    Column("reason", String(8), nullable=False),
    Column("treatments", Document, nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("arrived_at", Moment),
    Column("outcome_at", Moment),
    Column("follow_up_on", Date),
    Column("followed_up_at", Moment),
    Column("closed_at", Moment),
    Column("chased", Integer, nullable=False, server_default="0"),
)
Index("ix_referrals_facility_id_made_at", referrals.c.facility_id, referrals.c.made_at)
Index("ix_referrals_site_id_made_at", referrals.c.site_id, referrals.c.made_at)
Index("ix_referrals_open_site_id", referrals.c.site_id,
      postgresql_where=referrals.c.closed_at.is_(None),
      sqlite_where=referrals.c.closed_at.is_(None))  # fmt: skip
Index("ix_referrals_open", referrals.c.made_at, postgresql_where=referrals.c.closed_at.is_(None),
      sqlite_where=referrals.c.closed_at.is_(None))  # fmt: skip

# What came in of a product, in its smallest unit.
stock_receipts = Table(
    "stock_receipts",
    metadata,
    new_id(),
    Column("site_id", ForeignKey("org_units.id"), nullable=False),
    Column("code", String(20), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("inbox_id", ForeignKey("inbox.id"), nullable=False),
    Column("post_id", ForeignKey("posts.id")),
    UniqueConstraint("inbox_id", "code"),
)
Index("ix_stock_receipts_site_id_code", stock_receipts.c.site_id, stock_receipts.c.code,
      stock_receipts.c.received_at)  # fmt: skip

# A product that ran out at a site, from one message that says so to one that says otherwise.
stock_outs = Table(
    "stock_outs",
    metadata,
    new_id(),
    Column("site_id", ForeignKey("org_units.id"), nullable=False),
    Column("code", String(20), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("inbox_id", ForeignKey("inbox.id"), nullable=False),
    Column("ended_by", ForeignKey("inbox.id")),
    UniqueConstraint("site_id", "code", "since"),
)
Index("ix_stock_outs_open", stock_outs.c.site_id, stock_outs.c.code, unique=True,
      postgresql_where=stock_outs.c.until.is_(None),
      sqlite_where=stock_outs.c.until.is_(None))  # fmt: skip
