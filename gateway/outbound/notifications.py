"""Notices: SMS that people did not ask for, sent after all replies, slowly, and never twice.

A notice is composed when it is sent, so that it tells what is true then: no one is reminded of
what has arrived meanwhile. It goes out at most once, also when its outcome is unknown; not at
all when it has become pointless, comes too late, or is a reminder to a number that opted out.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.context import Context
from gateway.outbound.sending import LEASE, WAVE, Clock, Operator, send_some
from gateway.storage import destinations, outbox, outbox_sms
from gateway.storage.engine import Connection, Engine, reading
from gateway.storage.outbox_sms import OTHER_NETWORK, NoticeRow, SmsRow
from menus import gsm7
from menus.rules.reminder_days import allowed

# Composes the text of a notice to a phone about a subject, at the moment of sending; None when
# there is nothing to say any more.
Compose = Callable[[Connection, Context, str, Mapping[str, Any], datetime], str | None]

NETWORKS: Final = ("orange", "moov", "telecel", OTHER_NETWORK)
ROUNDS: Final = 100  # consecutive claims of which nothing had to be sent


@dataclass(frozen=True, slots=True)
class Composer:
    """The composers of notices, by topic, and the rules for sending them.

    A notice of another topic has had its text from the beginning. `optional` are the topics
    that a number which opted out is not sent; alerts about patients and stock, and what DHIS2
    refused of an agent's own report, are not optional.
    """

    context: Context
    composers: Mapping[str, Compose]
    optional: frozenset[str]

    def text(self, connection: Connection, row: NoticeRow, now: datetime) -> str | None:
        """Return the text of a notice; None when there is nothing to say any more."""
        if row.text is not None or row.topic not in self.composers:
            return row.text
        compose = self.composers[row.topic]
        return compose(connection, self.context, row.phone, row.subject, now)

    def may_remind_at(self, now: datetime) -> datetime:
        """Return `now`, or the next moment outside the hours of rest."""
        reminders = self.context.catalogue.programme.reminders
        return allowed(self.context.local(now), reminders)


def send_due(
    engine: Engine,
    operator: Operator,
    composer: Composer,
    clock: Clock,
    until: datetime | None = None,
) -> int:
    """Send the notices that are due; return how many were accepted by the operator.

    They go as fast as each network may be written to. Stop as soon as a reply is due, since
    replies go first, or once `until` has passed.
    """
    with engine.begin() as connection:
        outbox_sms.drop_expired(connection, clock())

    def claim(connection: Connection, most: int, now: datetime) -> tuple[str, list[SmsRow]]:
        return _claim(connection, composer, min(most, WAVE), now)

    total = 0
    with ThreadPoolExecutor(WAVE) as pool:
        more = True
        while more and (until is None or clock() < until) and not _replies_wait(engine, clock()):
            sent, more = send_some(engine, operator, pool, clock, claim=claim, until=until)
            total += sent
    return total


def _replies_wait(engine: Engine, now: datetime) -> bool:
    with reading(engine) as connection:
        return outbox.has_due(connection, outbox.REPLY, now)


def _claim(
    connection: Connection, composer: Composer, most: int, now: datetime
) -> tuple[str, list[SmsRow]]:
    """Take up to `most` notices worth sending, of the first network that may be written to."""
    gap = timedelta(minutes=1) / composer.context.catalogue.programme.notices_per_minute
    for network in NETWORKS:
        name = f"notices:{network}"
        # What was not used in the last second is used now, so that a sender that looks once a
        # second keeps up with the rate.
        unused = now - timedelta(seconds=1)
        first = max(destinations.free_from(connection, name) or unused, unused)
        room = int((now - first) / gap) + 1 if first <= now else 0
        token, rows = _worth_sending(connection, composer, network, min(most, room), now)
        if rows:
            destinations.reserve_until(connection, name, first + gap * len(rows))
            return token, rows
    return "", []


def _worth_sending(
    connection: Connection, composer: Composer, network: str, most: int, now: datetime
) -> tuple[str, list[SmsRow]]:
    """Claim until something has to be sent, or nothing is due."""
    for _ in range(ROUNDS if most else 0):
        token, rows = outbox_sms.claim_notices(connection, network, most, LEASE, now)
        texts = _texts(connection, composer, rows, now)
        outbox_sms.set_texts(connection, texts)
        if texts or not rows:
            return token, [_sms(row, *texts[row.id]) for row in rows if row.id in texts]
    return "", []


def _sms(row: NoticeRow, text: str, parts: int) -> SmsRow:
    return SmsRow(row.id, row.phone, text, parts, row.attempts, 0, once=True)


def _texts(
    connection: Connection, composer: Composer, rows: Sequence[NoticeRow], now: datetime
) -> dict[int, tuple[str, int]]:
    """Return the text of each notice that is worth sending now, and how many parts it takes.

    The others wait for a better moment, or are dropped.
    """
    held = _held_back(
        connection, composer, [row for row in rows if row.topic in composer.optional], now
    )
    texts: dict[int, tuple[str, int]] = {}
    for row in rows:
        text = None if row.id in held else composer.text(connection, row, now)
        if text is not None:
            texts[row.id] = (text, len(gsm7.parts(text)))
    pointless = {row.id for row in rows} - held - texts.keys()
    outbox_sms.drop_notices(connection, pointless, "pointless", now)
    return texts


def _held_back(
    connection: Connection, composer: Composer, reminders: Sequence[NoticeRow], now: datetime
) -> set[int]:
    """Return the reminders not to be sent now: to numbers that opted out, and at hours of rest."""
    silent = outbox_sms.opted_out(connection, {row.phone for row in reminders})
    unwanted = {row.id for row in reminders if row.phone in silent}
    outbox_sms.drop_notices(connection, unwanted, "opted_out", now)
    better = composer.may_remind_at(now)
    if better <= now:
        return unwanted
    untimely = {row.id for row in reminders} - unwanted
    outbox_sms.postpone_notices(connection, untimely, better)
    return unwanted | untimely
