"""What came in of a product at a site, and when it had run out.

Both come from messages: `inbox_id` is the one that said so, and taking the message back takes
its rows back. Whoever writes holds the site's lock (`reports.lock_sites`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from gateway.storage.engine import insert_new
from gateway.storage.roster import Post
from gateway.storage.sql_in import chunks
from gateway.storage.tables import inbox, stock_outs, stock_receipts

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """So much of a product (`code`) came in at a site. `post_id` is whoever said so."""

    site_id: int
    code: str
    quantity: int
    received_at: datetime
    inbox_id: int
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class StockOut:
    """A product that ran out at a site; `until` is None while it is out."""

    id: int
    site_id: int
    code: str
    since: datetime
    until: datetime | None
    inbox_id: int


def receipts_of(
    connection: Connection, site_ids: Collection[int], since: datetime
) -> dict[int, list[Receipt]]:
    """The receipts of these sites from a moment on, oldest first, by site."""
    found: dict[int, list[Receipt]] = {}
    for chunk in chunks(sorted(site_ids), CHUNK):
        statement = (
            select(stock_receipts)
            .where(stock_receipts.c.site_id.in_(chunk), stock_receipts.c.received_at >= since)
            .order_by(stock_receipts.c.received_at, stock_receipts.c.inbox_id)
        )
        for row in connection.execute(statement):
            found.setdefault(row.site_id, []).append(_receipt(row))
    return found


def add_receipts(connection: Connection, receipts: Sequence[Receipt]) -> None:
    """Keeps what came in. What a message said already changes nothing."""
    rows = [
        {
            "site_id": one.site_id,
            "code": one.code,
            "quantity": one.quantity,
            "received_at": one.received_at,
            "inbox_id": one.inbox_id,
            "post_id": one.post_id,
        }
        for one in receipts
    ]
    if rows:
        statement = insert_new(connection, stock_receipts)
        statement = statement.on_conflict_do_nothing(index_elements=["inbox_id", "code"])
        connection.execute(statement, rows)


def open_outs(connection: Connection, site_ids: Collection[int]) -> list[StockOut]:
    """What is out at these sites now, the longest first."""
    return _outs(connection, site_ids, stock_outs.c.until.is_(None))


def outs_between(
    connection: Connection, site_ids: Collection[int], first: datetime, last: datetime
) -> list[StockOut]:
    """What was out at these sites at any time from `first` until before `last`."""
    overlaps = and_(
        stock_outs.c.since < last,
        or_(stock_outs.c.until.is_(None), stock_outs.c.until > first),
    )
    return _outs(connection, site_ids, overlaps)


def add_out(
    connection: Connection, site_id: int, code: str, since: datetime, inbox_id: int
) -> StockOut | None:
    """Keeps that a product ran out; None when it is out already, or was at that very moment."""
    row = {"site_id": site_id, "code": code, "since": since, "inbox_id": inbox_id}
    statement = insert_new(connection, stock_outs).on_conflict_do_nothing()
    added = connection.execute(statement.returning(stock_outs.c.id), row).first()
    return StockOut(added.id, site_id, code, since, None, inbox_id) if added else None


def close_out(connection: Connection, out_id: int, until: datetime, inbox_id: int) -> None:
    """The product is there again; not before it ran out."""
    statement = update(stock_outs).where(stock_outs.c.id == out_id, stock_outs.c.since <= until)
    connection.execute(statement.values(until=until, ended_by=inbox_id))


def remove_out(connection: Connection, out_id: int) -> None:
    """It never ran out: the number that said so was a mistake."""
    connection.execute(delete(stock_outs).where(stock_outs.c.id == out_id))


def last_message(connection: Connection, post: Post) -> int | None:
    """The newest message of this person at this post that brought a receipt, or opened a
    stock-out."""
    received = select(func.max(stock_receipts.c.inbox_id)).where(
        stock_receipts.c.post_id == post.id
    )
    ran_out = (
        select(func.max(stock_outs.c.inbox_id))
        .join(inbox, inbox.c.id == stock_outs.c.inbox_id)
        .where(inbox.c.phone == post.phone, stock_outs.c.site_id == post.unit_id)
    )
    found = (connection.scalar(received), connection.scalar(ran_out))
    return max((one for one in found if one is not None), default=None)


def touched_by(connection: Connection, message_id: int) -> tuple[list[Receipt], list[StockOut]]:
    """What a message brought in, and which stock-outs it opened or closed."""
    receipts = select(stock_receipts).where(stock_receipts.c.inbox_id == message_id)
    outs = select(stock_outs).where(
        or_(stock_outs.c.inbox_id == message_id, stock_outs.c.ended_by == message_id)
    )
    return (
        [_receipt(row) for row in connection.execute(receipts)],
        [_out(row) for row in connection.execute(outs)],
    )


def take_back(connection: Connection, message_id: int) -> None:
    """Undoes what a message said of receipts and stock-outs.

    A stock-out that it had closed is open again, unless the product has run out anew since.
    """
    connection.execute(delete(stock_receipts).where(stock_receipts.c.inbox_id == message_id))
    connection.execute(delete(stock_outs).where(stock_outs.c.inbox_id == message_id))
    other = stock_outs.alias()
    out_anew = (
        select(other.c.id)
        .where(
            other.c.site_id == stock_outs.c.site_id,
            other.c.code == stock_outs.c.code,
            other.c.until.is_(None),
        )
        .exists()
    )
    statement = update(stock_outs).where(stock_outs.c.ended_by == message_id, ~out_anew)
    connection.execute(statement.values(until=None, ended_by=None))


_LONGEST = (stock_outs.c.since, stock_outs.c.site_id, stock_outs.c.code)


def _outs(connection: Connection, site_ids: Collection[int], which: Any) -> list[StockOut]:
    found: list[StockOut] = []
    for chunk in chunks(sorted(site_ids), CHUNK):
        statement = select(stock_outs).where(stock_outs.c.site_id.in_(chunk), which)
        found += [_out(row) for row in connection.execute(statement.order_by(*_LONGEST))]
    return sorted(found, key=lambda one: (one.since, one.site_id, one.code))


def _out(row: Row[Any]) -> StockOut:
    return StockOut(row.id, row.site_id, row.code, row.since, row.until, row.inbox_id)


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(row.site_id, row.code, row.quantity, row.received_at, row.inbox_id, row.post_id)
