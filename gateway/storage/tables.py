"""Every table, once. The migrations create them; a test compares the two.

Moments are aware UTC datetimes. Leases are whole seconds by the database's own clock
(`db_seconds`), since two hosts' clocks may differ and a simulated calendar must not end one.
Phone numbers are E.164; months are DHIS2's YYYYMM.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

LANES = 16
ALWAYS = "000000"  # a term that holds from before the first month

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; SQLite keeps none of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

org_units = Table(
    "org_units",
    metadata,
    _id(),
    Column("code", String(80), nullable=False, unique=True),
)

# What an org unit is from a month on; the latest term not after a month holds in it.
org_unit_terms = Table(
    "org_unit_terms",
    metadata,
    _id(),
    Column("unit_id", ForeignKey("org_units.id"), nullable=False),
    Column("since", String(6), nullable=False),
    Column("name", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("parent_id", ForeignKey("org_units.id"), index=True),
    Column("dhis2_id", String(11), index=True),
    Column("population", Integer),
    UniqueConstraint("unit_id", "since"),
)

# A person at a place: one row a (phone, org unit). Two phones with one name at one place are
# one person; one phone may stand at two places.
posts = Table(
    "posts",
    metadata,
    _id(),
    Column("phone", String(20), nullable=False, index=True),
    Column("unit_id", ForeignKey("org_units.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("since", String(6), nullable=False),
    Column("until", String(6)),
    UniqueConstraint("phone", "unit_id"),
)

lanes = Table("lanes", metadata, Column("id", Integer, primary_key=True, autoincrement=False))

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("provider", String(40), nullable=False),
    Column("provider_id", String(200), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("text", Text),
    Column("text_hash", String(64), nullable=False),
    Column("network", String(20)),
    Column("sent_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("post_id", ForeignKey("posts.id")),
    Column("read_at", Moment),
    UniqueConstraint("provider", "provider_id"),
)
Index("ix_inbox_new", inbox.c.lane, inbox.c.id, postgresql_where=inbox.c.state == "new",
      sqlite_where=inbox.c.state == "new")  # fmt: skip
Index("ix_inbox_text_kept", inbox.c.received_at, postgresql_where=inbox.c.text.is_not(None),
      sqlite_where=inbox.c.text.is_not(None))  # fmt: skip

# One filled form. `stamps` tells for each value when it was sent and by which message, so
# that an older message that comes late fills gaps and never overwrites a newer value.
reports = Table(
    "reports",
    metadata,
    _id(),
    Column("site_id", ForeignKey("org_units.id"), nullable=False),
    Column("form", String(20), nullable=False),
    Column("period", String(6), nullable=False),
    Column("receipt", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("values", Document, nullable=False),
    Column("days_out", Document, nullable=False),
    Column("stamps", Document, nullable=False),
    Column("pending", Document, nullable=False),
    Column("problems", Document, nullable=False),
    Column("refusals", Document, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("forwarded_version", Integer),
    Column("forwarded_at", Moment),
    Column("refused_version", Integer),
    Column("validated_at", Moment),
    Column("validated_by", Id),  # a post; None: the calendar, or the command line
    UniqueConstraint("site_id", "form", "period"),
    UniqueConstraint("site_id", "receipt"),
)
Index("ix_reports_period_site_id", reports.c.period, reports.c.site_id)

report_versions = Table(
    "report_versions",
    metadata,
    _id(),
    Column("report_id", ForeignKey("reports.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("inbox_id", ForeignKey("inbox.id")),
    Column("post_id", ForeignKey("posts.id")),
    Column("values", Document, nullable=False),
    Column("days_out", Document, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    UniqueConstraint("report_id", "version"),
)

# Where the conversation with a person stands: what her last answer asked (`asked`, to be
# settled by OUI or NON), and which reports her last message touched. `more` holds the pages of
# a long answer that she has not asked for yet, `held_id` the message that waits for the name of
# its site. `proposed` is what an OUI would let in besides the numbers of reports: by `topic`,
# such as a receipt of stock.
conversations = Table(
    "conversations",
    metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("asked", Document, nullable=False),
    Column("undo_id", ForeignKey("inbox.id")),
    Column("asked_at", Moment, nullable=False),
    Column("touched", Document, nullable=False),
    Column("more", Document),
    Column("more_at", Moment),
    Column("held_id", Id),  # a message of the inbox
    Column("proposed", Document),
)

# An agent's number that a supervisor moves: it holds from the moment at which the new phone
# agreed. Kept, so that a roster that still has the old number can be told from news.
number_changes = Table(
    "number_changes",
    metadata,
    _id(),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("old_phone", String(20), nullable=False),
    Column("new_phone", String(20), nullable=False),
    Column("asked_by", ForeignKey("posts.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("agreed_at", Moment),
)
Index("ix_number_changes_new_phone", number_changes.c.new_phone)
Index("ix_number_changes_post_id", number_changes.c.post_id)

# What still has to go out, or went. `key` says what it is for, and is there once: the reply
# to a message, a notice of something to somebody, the DHIS2 cells of (data set, org unit,
# month), a referral's event. `revision` counts what is wanted, `sent_revision` what the far
# side has. A notice without `text` gets its words when it is sent, by its `topic` and
# `subject`; after `expires_at` it does not go out. `sent_to` is the DHIS2 unit that holds
# `sent_values`; while `complete_doubted`, nobody knows whether it took the last word about
# completeness.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("next_at", Moment),
    Column("lease", String(40)),
    Column("lease_until", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("reason", String(80)),
    Column("detail", Text),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("unit_id", ForeignKey("org_units.id")),
    Column("form", String(20)),
    Column("period", String(6)),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("sent_revision", Integer),
    Column("sent_values", Document),
    Column("sent_complete", Boolean),
    Column("complete_doubted", Boolean, nullable=False, server_default=false()),
    Column("sent_to", String(11)),
    Column("phone", String(20)),
    Column("text", Text),
    Column("parts", Integer),
    Column("inbox_id", ForeignKey("inbox.id")),
    Column("message_id", String(200)),
    Column("delivery", String(40)),
    Column("network", String(20)),
    Column("topic", String(40)),
    Column("subject", Document),
    Column("expires_at", Moment),
    Column("referral_id", ForeignKey("referrals.id")),
    CheckConstraint("kind in ('reply', 'notice', 'dhis2', 'referral')", name="kind"),
)
Index("ix_outbox_due", outbox.c.kind, outbox.c.next_at,
      postgresql_where=outbox.c.state.in_(("waiting", "sending")),
      sqlite_where=outbox.c.state.in_(("waiting", "sending")))  # fmt: skip
Index("ix_outbox_notices_due", outbox.c.network, outbox.c.next_at,
      postgresql_where=and_(outbox.c.kind == "notice", outbox.c.state == "waiting"),
      sqlite_where=and_(outbox.c.kind == "notice", outbox.c.state == "waiting"))  # fmt: skip
Index("ix_outbox_message_id", outbox.c.message_id)
Index("ix_outbox_phone_created_at", outbox.c.phone, outbox.c.created_at)
Index("ix_outbox_leased", outbox.c.kind, outbox.c.lease,
      postgresql_where=outbox.c.lease.is_not(None),
      sqlite_where=outbox.c.lease.is_not(None))  # fmt: skip
Index("ix_outbox_unit_id_form_period", outbox.c.unit_id, outbox.c.form, outbox.c.period)

# A delivery report may come before the answer to the send that it is about.
delivery_reports = Table(
    "delivery_reports",
    metadata,
    Column("message_id", String(200), primary_key=True),
    Column("status", String(40), nullable=False),
    Column("reason", String(80)),
    Column("final", Boolean, nullable=False),
    Column("received_at", Moment, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("phone", String(40), primary_key=True),
    Column("sender_id", String(40), primary_key=True),
    Column("since", Moment, nullable=False),
)

# Health of a far side, shared by all workers: the breaker's memory.
destinations = Table(
    "destinations",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("closed_until", Moment),
    Column("reason", String(80)),
    Column("detail", Text),
    Column("batch", Integer),
)

# A sick person sent to the health centre. `number` is what stands on the paper slip, unique
# within the facility for a year; there is no identity here, and the age goes after a while.
referrals = Table(
    "referrals",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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

# What the calendar asks for, such as the reminders of one day: how far it has come, and when it
# was done. `cursor` is the last org unit that was dealt with.
runs = Table(
    "runs",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("cursor", Id, nullable=False, server_default="0"),
    Column("done_at", Moment),
)

tallies = Table(
    "tallies",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
