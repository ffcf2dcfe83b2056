"""Referrals in SQL: by number, those still without an answer, and the counts of a month.

A referral is made under the lock of its facility, so that a number is given once. A referral
that was moved is saved only if it was not moved by another since it was read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from gateway.model.referral import Referral, ReferralState
from gateway.storage.outbox import WAITING
from gateway.storage.tables import inbox, outbox, referrals

TOPIC: Final = "referral"  # of notices that tell what happened to a referral
REMINDER: Final = "referral_reminder"  # of notices that ask what became of one

_COLUMNS: Final = (
    "site_id", "facility_id", "post_id", "inbox_id", "number", "age_months", "sex", "reason",
    "made_at", "changed_at", "version", "left_at", "arrived_at", "outcome_at", "follow_up_on",
    "followed_up_at", "closed_at", "chased",
)  # fmt: skip


def add(connection: Connection, referral: Referral) -> Referral:
    """Store a new referral; return it with its id."""
    statement = insert(referrals).returning(referrals.c.id)
    row_id = connection.execute(statement, _values(referral)).scalar_one()
    return replace(referral, id=int(row_id))


def save(connection: Connection, referral: Referral) -> bool:
    """Store a referral that moved on; return whether it was not moved by another first.

    If it was, nothing is stored.
    """
    statement = (
        update(referrals)
        .where(referrals.c.id == referral.id, referrals.c.version == referral.version - 1)
        .values(_values(referral))
    )
    return connection.execute(statement).rowcount == 1


def by_number(
    connection: Connection, number: str, since: datetime, *, facilities: Collection[int] = (),
    sites: Collection[int] = (),
) -> list[Referral]:  # fmt: skip
    """Return those with this number at these facilities or sites, made since then, newest first."""
    statement = (
        select(referrals)
        .where(
            referrals.c.number == number,
            referrals.c.made_at >= since,
            or_(referrals.c.facility_id.in_(facilities), referrals.c.site_id.in_(sites)),
        )
        .order_by(referrals.c.made_at.desc(), referrals.c.id.desc())
    )
    return [_referral(row) for row in connection.execute(statement)]


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Referral]:
    """Return these referrals, by id."""
    statement = select(referrals).where(referrals.c.id.in_(ids))
    return {row.id: _referral(row) for row in connection.execute(statement)}


def of_message(connection: Connection, message_id: int) -> Referral | None:
    """Return the referral that this message made; None when it made none."""
    statement = select(referrals).where(referrals.c.inbox_id == message_id)
    row = connection.execute(statement).first()
    return None if row is None else _referral(row)


def last_of(connection: Connection, post_id: int) -> Referral | None:
    """Return the newest referral that was made from this post; None when there is none."""
    statement = (
        select(referrals)
        .where(referrals.c.post_id == post_id)
        .order_by(referrals.c.made_at.desc(), referrals.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else _referral(row)


def same_text(
    connection: Connection, post_id: int, text_hash: str, since: datetime, until: datetime
) -> Referral | None:
    """Return the referral that the same text from this post made between these moments, if any."""
    statement = (
        select(referrals)
        .join(inbox, inbox.c.id == referrals.c.inbox_id)
        .where(
            referrals.c.post_id == post_id,
            inbox.c.text_hash == text_hash,
            referrals.c.made_at.between(since, until),
            referrals.c.state != ReferralState.WITHDRAWN,
        )
        .order_by(referrals.c.id)
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else _referral(row)


def numbers_taken(
    connection: Connection, facility_id: int | None, site_id: int, since: datetime
) -> set[str]:
    """Return the numbers given out since then at a facility; at the site, where it has none."""
    statement = select(referrals.c.number).where(
        _at(facility_id, site_id), referrals.c.made_at >= since
    )
    return set(connection.scalars(statement))


@dataclass(frozen=True, slots=True)
class Due:
    """The moments that decide the steps of the calendar.

    An open referral made before `first` is asked about, before `second` again, before `last`
    closed.
    """

    first: datetime
    second: datetime
    last: datetime


def unanswered(connection: Connection, due: Due, most: int) -> list[Referral]:
    """Return open referrals for which a step is due, oldest first.

    Those that another transaction is writing to are passed over; the others are locked until
    the transaction ends.
    """
    statement = (
        select(referrals)
        .where(_has_step(due))
        .order_by(referrals.c.made_at, referrals.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [_referral(row) for row in connection.execute(statement)]


def _has_step(due: Due) -> ColumnElement[bool]:
    made, chased = referrals.c.made_at, referrals.c.chased
    return and_(
        referrals.c.closed_at.is_(None),
        or_(
            and_(chased == 0, made <= due.first),
            and_(chased == 1, made <= due.second),
            made <= due.last,
        ),
    )


def mark_reminded(connection: Connection, ids: Collection[int], times: int) -> None:
    """Store how often the agent and the facility were asked about these."""
    chosen = referrals.c.id.in_(ids)
    connection.execute(update(referrals).where(chosen).values(chased=times))


def count_by_reason(
    connection: Connection, site_ids: Collection[int], since: datetime, until: datetime
) -> Mapping[tuple[int, str], int]:
    """Return how many referrals each site made from `since` to before `until`.

    By (site, reason). What was taken back does not count; what was refused or never arrived
    does.
    """
    statement = (
        select(referrals.c.site_id, referrals.c.reason, func.count())
        .where(
            referrals.c.site_id.in_(site_ids),
            referrals.c.made_at >= since,
            referrals.c.made_at < until,
            referrals.c.state != ReferralState.WITHDRAWN,
        )
        .group_by(referrals.c.site_id, referrals.c.reason)
    )
    return {(site, reason): int(count) for site, reason, count in connection.execute(statement)}


def expire_notices(
    connection: Connection, referral: Referral, topics: Collection[str], now: datetime
) -> None:
    """Let the notices of this referral that wait expire: they have been overtaken."""
    statement = (
        update(outbox)
        .where(
            outbox.c.topic.in_(topics),
            outbox.c.state == WAITING,
            outbox.c.created_at >= referral.made_at,
            outbox.c.key.startswith(f"{TOPIC}:{referral.id}:"),
        )
        .values(expires_at=now)
    )
    connection.execute(statement)


def drop_ages(connection: Connection, before: datetime, most: int = 1000) -> int:
    """Blank the age of referrals made before this moment, wherever it was written.

    That is the row itself, the message that made it and the SMS that told of it. Return how
    many referrals had one.
    """
    old = (
        select(referrals.c.id, referrals.c.inbox_id)
        .where(referrals.c.made_at < before, referrals.c.age_months.is_not(None))
        .order_by(referrals.c.made_at)
        .limit(most)
    )
    rows = list(connection.execute(old))
    if not rows:
        return 0
    messages = inbox.c.id.in_([row.inbox_id for row in rows if row.inbox_id is not None])
    connection.execute(update(inbox).where(messages).values(text=None))
    told = and_(
        outbox.c.topic.in_((TOPIC, REMINDER)),
        outbox.c.created_at < before,
        outbox.c.text.is_not(None),
    )
    connection.execute(update(outbox).where(told).values(text=None))
    chosen = referrals.c.id.in_([row.id for row in rows])
    connection.execute(update(referrals).where(chosen).values(age_months=None))
    return len(rows)


def _at(facility_id: int | None, site_id: int) -> ColumnElement[bool]:
    if facility_id is not None:
        return referrals.c.facility_id == facility_id
    return and_(referrals.c.facility_id.is_(None), referrals.c.site_id == site_id)


def _values(referral: Referral) -> dict[str, Any]:
    values = {name: getattr(referral, name) for name in _COLUMNS}
    return {**values, "state": referral.state.value, "treatments": list(referral.treatments)}


def _referral(row: Row[Any]) -> Referral:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return Referral(
        id=row.id, state=ReferralState(row.state), treatments=tuple(row.treatments), **columns
    )
