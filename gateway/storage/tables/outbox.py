"""Tables of what goes out, or went, and of the health of the far sides."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    false,
)

from gateway.storage.tables.base import Document, Moment, metadata, new_id

# What still has to go out, or went. `key` says what it is for, and is there once: the reply
# to a message, a notice of an event to a person, the DHIS2 cells of (data set, org unit,
# month), a referral's event. `revision` counts the requests, `sent_revision` is the one that the
# far side has. A notice without `text` gets it when it is sent, by its `topic` and `subject`;
# after `expires_at` it does not go out. `sent_to` is the DHIS2 unit that holds `sent_values`;
# while `complete_doubted`, it is not certain that it took the last word about completeness.
outbox = Table(
    "outbox",
    metadata,
    new_id(),
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

# The health of a far side, shared by all workers: the breaker's memory.
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
