"""Tables of messages as they came, and of the state of each conversation."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from gateway.storage.tables.base import Document, Id, Moment, metadata, new_id

lanes = Table("lanes", metadata, Column("id", Integer, primary_key=True, autoincrement=False))

inbox = Table(
    "inbox",
    metadata,
    new_id(),
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

# The state of the conversation with a person: what the last answer asked (`asked`, to be
# settled by OUI or NON), and which reports the last message touched. `more` holds the pages of
# a long answer that are still to be asked for, `held_id` the message that waits for the name of
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
