"""What all forwards in the outbox share, those of reports and those of referrals.

A row says that something has to be brought up to date in DHIS2, never what it should hold there.
`revision` counts the requests for it, `sent_revision` is the one that DHIS2 surely holds.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, update

from gateway.model.outcomes import Unknown
from gateway.storage.engine import db_seconds, insert_new
from gateway.storage.outbox import SENDING, WAITING, lock, oldest, take_lease
from gateway.storage.tables import outbox


class ClaimedRow(Protocol):
    """A row as it was when it was claimed."""

    @property
    def id(self) -> int: ...

    @property
    def revision(self) -> int: ...

    @property
    def attempts(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a forward stands after its attempt; the fields are columns of the outbox.

    `next_at` is None for a row that is not due again by itself, `sent_revision` None when it is
    not certain what DHIS2 holds.
    """

    state: str
    next_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None
    attempts: int = 0
    sent_revision: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return what is written whether or not the row was requested again meanwhile."""
        return {
            "reason": self.reason,
            "detail": self.detail,
            "attempts": self.attempts,
            "sent_revision": self.sent_revision,
        }


# How a row's attempt ended. An Unknown keeps its lease: DHIS2 may still be writing.
Verdict = Settlement | Unknown


def request(
    connection: Connection, kind: str, wanted: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Ask for rows of a kind to be sent, due at once; `wanted` holds their columns by key.

    A row in flight keeps its lease: its sender will find the revision changed and leave it
    waiting. Rows are touched in the order of their keys, so that two batches cannot wait for
    each other.
    """
    common = {"kind": kind, "state": WAITING, "next_at": now, "created_at": now}
    rows = [{**common, "key": key, **columns} for key, columns in sorted(wanted.items())]
    if not rows:
        return
    statement = insert_new(connection, outbox)
    in_flight = outbox.c.state == SENDING
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "revision": outbox.c.revision + 1,
            "next_at": statement.excluded.next_at,
            "state": case((in_flight, SENDING), else_=WAITING),
            "attempts": 0,
            "reason": None,
            "detail": None,
        },
    )
    connection.execute(statement, rows)


def claim(
    connection: Connection, due: ColumnElement[bool], most: int, lease: int
) -> tuple[str, list[Row[Any]]]:
    """Take up to `most` rows of those that are due, oldest first, for `lease` seconds.

    Return the token of the lease and the rows.
    """
    rows = oldest(connection, due, most)
    return take_lease(connection, [row.id for row in rows], lease, state=SENDING), rows


def settle(
    connection: Connection,
    token: str,
    verdicts: Sequence[tuple[ClaimedRow, Verdict]],
    lease: int,
    now: datetime,
) -> int:
    """Write how the attempts of a claim ended; return how many rows were settled.

    A row whose revision moved on while it was in flight is due again at once, however its
    attempt ended. One whose outcome is unknown is kept from every sender for `lease` seconds
    more. Rows whose lease was lost are left alone.
    """
    lock(connection, token, [row.id for row, _ in verdicts])
    unknown: dict[str, list[int]] = defaultdict(list)
    settled: list[tuple[ClaimedRow, Settlement]] = []
    for row, verdict in verdicts:
        if isinstance(verdict, Unknown):
            unknown[verdict.reason].append(row.id)
        else:
            settled.append((row, verdict))
    for reason, ids in unknown.items():
        _keep(connection, token, ids, reason, lease)
    _release(connection, token, settled, now)
    return len(settled)


def _keep(connection: Connection, token: str, ids: Sequence[int], reason: str, lease: int) -> None:
    """Keep rows whose answer was lost from every sender for `lease` seconds more.

    The next sender cannot be overtaken then by what the far side still writes. The lease has
    no owner any more, so that it does not count as a request under way.
    """
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .values(
            lease=None,
            lease_until=db_seconds() + lease,
            reason=reason,
            attempts=outbox.c.attempts + 1,
        )
    )
    connection.execute(statement)


def _release(
    connection: Connection,
    token: str,
    settled: Sequence[tuple[ClaimedRow, Settlement]],
    now: datetime,
) -> None:
    is_current = outbox.c.revision == bindparam("claimed_revision")
    due_at = bindparam("due_at", type_=outbox.c.next_at.type)
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
        .values(
            state=case((is_current, bindparam("ends_as")), else_=WAITING),
            next_at=case((is_current, due_at), else_=now),
            settled_at=now,
            lease=None,
            lease_until=None,
        )
    )
    rows = [
        {
            "row": row.id,
            "claimed_revision": row.revision,
            "ends_as": settlement.state,
            "due_at": settlement.next_at,
            **settlement.columns(),
        }
        for row, settlement in sorted(settled, key=lambda pair: pair[0].id)
    ]
    if rows:
        connection.execute(statement, rows)
