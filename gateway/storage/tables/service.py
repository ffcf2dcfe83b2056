"""Tables of what the service notes for itself: secrets, scheduled runs, counters."""

from sqlalchemy import BigInteger, Column, String, Table

from gateway.storage.tables.base import Id, Moment, metadata

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

# A run of a task of the calendar, such as the reminders of one day: how far it has come, and
# when it was done. `cursor` is the last org unit that was dealt with.
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
