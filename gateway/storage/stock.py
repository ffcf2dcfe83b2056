"""Receipts of products at a site, and its stock-outs.

Both come from messages: `inbox_id` is the one that said so, and undoing the message removes its
rows. They are written under the site's lock (`reports.lock_sites`).
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
    """A quantity of a product (`code`) that came in at a site; `post_id` is the sender's."""

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
    """Return the receipts of these sites from a moment on, oldest first, by site."""
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
    """Store receipts. One that its message has brought already changes nothing."""
    rows = [
        {
            "site_id": receipt.site_id,
            "code": receipt.code,
            "quantity": receipt.quantity,
            "received_at": receipt.received_at,
            "inbox_id": receipt.inbox_id,
            "post_id": receipt.post_id,
        }
        for receipt in receipts
    ]
    if rows:
        statement = insert_new(connection, stock_receipts)
        statement = statement.on_conflict_do_nothing(index_elements=["inbox_id", "code"])
        connection.execute(statement, rows)


def open_stock_outs(connection: Connection, site_ids: Collection[int]) -> list[StockOut]:
    """Return what is out at these sites now, the longest first."""
    return _select(connection, site_ids, stock_outs.c.until.is_(None))


def stock_outs_between(
    connection: Connection, site_ids: Collection[int], first: datetime, last: datetime
) -> list[StockOut]:
    """Return what was out at these sites at any time from `first` until before `last`."""
    overlaps = and_(
        stock_outs.c.since < last,
        or_(stock_outs.c.until.is_(None), stock_outs.c.until > first),
    )
    return _select(connection, site_ids, overlaps)


def add_stock_out(
    connection: Connection, site_id: int, code: str, since: datetime, inbox_id: int
) -> StockOut | None:
    """Store that a product ran out; None when it is out already, or was at that very moment."""
    row = {"site_id": site_id, "code": code, "since": since, "inbox_id": inbox_id}
    statement = insert_new(connection, stock_outs).on_conflict_do_nothing()
    added = connection.execute(statement.returning(stock_outs.c.id), row).first()
    return StockOut(added.id, site_id, code, since, None, inbox_id) if added else None


def close_stock_out(
    connection: Connection, stock_out_id: int, until: datetime, inbox_id: int
) -> None:
    """Store that a product is there again; not before it ran out."""
    statement = update(stock_outs).where(
        stock_outs.c.id == stock_out_id, stock_outs.c.since <= until
    )
    connection.execute(statement.values(until=until, ended_by=inbox_id))


def remove_stock_out(connection: Connection, stock_out_id: int) -> None:
    """Delete a stock-out that never was: the number that said so was a mistake."""
    connection.execute(delete(stock_outs).where(stock_outs.c.id == stock_out_id))


def last_message(connection: Connection, post: Post) -> int | None:
    """Return the newest message from this post that brought a receipt, or opened a stock-out.

    None when there is none.
    """
    received = select(func.max(stock_receipts.c.inbox_id)).where(
        stock_receipts.c.post_id == post.id
    )
    ran_out = (
        select(func.max(stock_outs.c.inbox_id))
        .join(inbox, inbox.c.id == stock_outs.c.inbox_id)
        .where(inbox.c.phone == post.phone, stock_outs.c.site_id == post.unit_id)
    )
    found = (connection.scalar(received), connection.scalar(ran_out))
    return max((message for message in found if message is not None), default=None)


def touched_by(connection: Connection, message_id: int) -> tuple[list[Receipt], list[StockOut]]:
    """Return the receipts of a message, and the stock-outs that it opened or closed."""
    receipts = select(stock_receipts).where(stock_receipts.c.inbox_id == message_id)
    changed = select(stock_outs).where(
        or_(stock_outs.c.inbox_id == message_id, stock_outs.c.ended_by == message_id)
    )
    return (
        [_receipt(row) for row in connection.execute(receipts)],
        [_stock_out(row) for row in connection.execute(changed)],
    )


def undo(connection: Connection, message_id: int) -> None:
    """Undo what a message said of receipts and stock-outs.

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


def _select(connection: Connection, site_ids: Collection[int], which: Any) -> list[StockOut]:
    found: list[StockOut] = []
    for chunk in chunks(sorted(site_ids), CHUNK):
        statement = select(stock_outs).where(stock_outs.c.site_id.in_(chunk), which)
        found += [_stock_out(row) for row in connection.execute(statement.order_by(*_LONGEST))]
    return sorted(found, key=lambda out: (out.since, out.site_id, out.code))


def _stock_out(row: Row[Any]) -> StockOut:
    return StockOut(row.id, row.site_id, row.code, row.since, row.until, row.inbox_id)


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(row.site_id, row.code, row.quantity, row.received_at, row.inbox_id, row.post_id)
