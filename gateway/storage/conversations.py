"""The state of the conversation with each person, from one message to the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, null, select

from gateway.model.report import Key
from gateway.storage.engine import insert_new
from gateway.storage.tables import conversations

QUESTION_LIFETIME: Final = timedelta(hours=72)  # for which a question, and its month, hold


@dataclass(frozen=True, slots=True)
class Asked:
    """Numbers that wait in one report for an OUI, by their codes."""

    key: Key
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the last answer to a person asked, and which reports their last message touched.

    `asked` are numbers to be confirmed; `undo_id` is the message that an OUI would undo. `more`
    are the pages of an answer of `more_at` that are still to come; `held_id` is a message that
    waits for the name of its site. `proposed` is what else an OUI would let in, by its `topic`.
    """

    post_id: int
    asked_at: datetime
    asked: tuple[Asked, ...] = ()
    undo_id: int | None = None
    touched: tuple[Key, ...] = ()
    more: tuple[str, ...] = ()
    more_at: datetime | None = None
    held_id: int | None = None
    proposed: Mapping[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the last answer asked something that an OUI would settle."""
        return bool(self.asked) or self.undo_id is not None or self.proposed is not None

    @property
    def last_at(self) -> datetime:
        """Return when anything was last asked or told here."""
        return max(self.asked_at, self.more_at or self.asked_at)


def load(connection: Connection, post_ids: Collection[int]) -> dict[int, Conversation]:
    """Return the conversations of these people, by post; a post that never had one is left out."""
    statement = select(conversations).where(conversations.c.post_id.in_(post_ids))
    return {
        row.post_id: Conversation(
            post_id=row.post_id,
            asked_at=row.asked_at,
            asked=tuple(Asked(_key(key), tuple(codes)) for key, codes in row.asked),
            undo_id=row.undo_id,
            touched=tuple(_key(key) for key in row.touched),
            more=tuple(row.more or ()),
            more_at=row.more_at,
            held_id=row.held_id,
            proposed=row.proposed,
        )
        for row in connection.execute(statement)
    }


def save(connection: Connection, changed: Sequence[Conversation]) -> None:
    """Store the state of these conversations."""
    rows = [
        {
            "post_id": conversation.post_id,
            "asked_at": conversation.asked_at,
            "asked": [[list(asked.key), list(asked.codes)] for asked in conversation.asked],
            "undo_id": conversation.undo_id,
            "touched": [list(key) for key in conversation.touched],
            "more": list(conversation.more) if conversation.more else null(),
            "more_at": conversation.more_at,
            "held_id": conversation.held_id,
            "proposed": null() if conversation.proposed is None else dict(conversation.proposed),
        }
        for conversation in sorted(changed, key=lambda conversation: conversation.post_id)
    ]
    if not rows:
        return
    statement = insert_new(connection, conversations)
    names = (
        "asked_at", "asked", "undo_id", "touched", "more", "more_at", "held_id", "proposed",
    )  # fmt: skip
    statement = statement.on_conflict_do_update(
        index_elements=["post_id"], set_={name: statement.excluded[name] for name in names}
    )
    connection.execute(statement, rows)


def _key(stored: Sequence[int | str]) -> Key:
    site, form, period = stored
    return (int(site), str(form), str(period))
