"""Tables of org units and posts, both dated, and of numbers that change."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from gateway.storage.tables.base import Moment, metadata, new_id

org_units = Table(
    "org_units",
    metadata,
    new_id(),
    Column("code", String(80), nullable=False, unique=True),
)

# What an org unit is from a month on; the latest term not after a month holds in it.
org_unit_terms = Table(
    "org_unit_terms",
    metadata,
    new_id(),
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
    new_id(),
    Column("phone", String(20), nullable=False, index=True),
    Column("unit_id", ForeignKey("org_units.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("since", String(6), nullable=False),
    Column("until", String(6)),
    UniqueConstraint("phone", "unit_id"),
)

# An agent's number that a supervisor changes: it holds from the moment at which the new phone
# accepted. Kept, so that a roster that still has the old number can be told from news.
number_changes = Table(
    "number_changes",
    metadata,
    new_id(),
    Column("post_id", ForeignKey("posts.id"), nullable=False),
    Column("old_phone", String(20), nullable=False),
    Column("new_phone", String(20), nullable=False),
    Column("asked_by", ForeignKey("posts.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("agreed_at", Moment),
)
Index("ix_number_changes_new_phone", number_changes.c.new_phone)
Index("ix_number_changes_post_id", number_changes.c.post_id)
