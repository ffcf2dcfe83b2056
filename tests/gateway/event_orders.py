"""A programme to which anything happens in any order, and an operator who looks at every SMS.

Each SMS that is handed over is compared with what is stored at that moment.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import select, update

from gateway.model.outcomes import Delivered, Outcome
from gateway.model.report import missing
from gateway.notifications import reminders
from gateway.outbound import notifications, replies
from gateway.outbound.notifications import Composer
from gateway.referrals import follow_up
from gateway.storage import reports
from gateway.storage.engine import reading
from gateway.storage.tables import org_units, outbox, referrals, stock_outs
from menus.gsm7 import lost, parts
from menus.rules.reminder_days import allowed
from tests.gateway.harness import (
    AWA,
    BAMAKO,
    FANTA,
    NANA,
    OCTOBER,
    OUMAR,
    STRANGER,
    UNITS,
    Harness,
    Killed,
    person,
    unit,
)
from workers.notification_topics import COMPOSERS, OPTIONAL

CHEICK: Final = "+22370000201"
SITES: Final = {AWA: "KOLA", FANTA: "TENE"}
AGENT_OUTSIDE, DTC_OUTSIDE = "+22370000006", "+22370000102"
OUTSIDE: Final = frozenset({AGENT_OUTSIDE, DTC_OUTSIDE})
INSIDE_NAMES: Final = re.compile(r"\b(Kola|Tene|Sirakoro|Lone|Kani|Dugu)\b", re.IGNORECASE)
OUTSIDE_NAMES: Final = re.compile(r"\b(Djenne|Bla|Outer)\b", re.IGNORECASE)
UNASKED: Final = ("Rappel", "Alerte", "DHIS2")
OF_REFERRAL: Final = re.compile(r"(?:Rappel|Alerte) REF (\d{4})")
OF_AGENT: Final = re.compile(r"Rappel: rapport \w+, il manque ([A-Z, et]+?)\.")
OF_SITE: Final = re.compile(r"(Kola|Tene) ((?:[A-Z]{3} ?)+|tout)")
OF_STOCK: Final = re.compile(r"\b([A-Z]{3}) (Kola|Tene)")

UNITS_AND_OTHERS: Final = (
    *UNITS,
    unit("OUTER", "district", "ML"),
    unit("BLA", "facility", "OUTER"),
    unit("DJENNE", "site", "BLA"),
)
PEOPLE: Final = (
    person(AWA, "asc", "KOLA"),
    person(FANTA, "asc", "TENE"),
    person(OUMAR, "asc", "KOLA"),
    person(OUMAR, "asc", "TENE"),
    person(NANA, "dtc", "KANI"),
    person(CHEICK, "district", "DUGU"),
    person(AGENT_OUTSIDE, "asc", "DJENNE"),
    person(DTC_OUTSIDE, "dtc", "BLA"),
)
HEARD_OF: Final = ("arrived", "hospitalised", "treated", "died", "visited", "withdrawn")


@dataclass(frozen=True, slots=True)
class Sent:
    """An SMS as the operator took it."""

    at: datetime
    phone: str
    text: str


@dataclass(slots=True)
class WatchedHarness(Harness):
    """The harness and another district, with an operator that may break off."""

    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    dies: int = 0
    twice: bool = False
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """The roster is enrolled once for all examples."""

    def furnish(self) -> None:
        self.enrol(UNITS_AND_OTHERS, PEOPLE)

    def send(self, phone: str, text: str) -> Outcome:
        """Takes an SMS; in the middle of it another clock may run, or the sender may die."""
        with self._lock:
            self.sent.append(Sent(self.clock.now, phone, text))
            self.faults += [f"{fault}: {phone} {text}" for fault in self._look(phone, text)]
            twice, self.twice = self.twice, False
            self.dies, dies = max(0, self.dies - 1), self.dies == 1
        if twice:
            self._clock()
        if dies:
            raise Killed
        return Delivered(f"ATXid_{len(self.sent)}")

    def tick(self) -> None:
        """The clock's turn; a sender that dies leaves its rows behind."""
        with suppress(Killed):
            self._clock()

    def _clock(self) -> None:
        self.read()
        with self.engine.begin() as connection:
            while follow_up.remind_due(connection, self.context, self.clock.now):
                pass
        reminders.queue_due(self.engine, self.context, self.clock.now)
        replies.send_due(self.engine, self, self.clock)
        notifications.send_due(
            self.engine, self, Composer(self.context, COMPOSERS, OPTIONAL), self.clock
        )

    def leases_end(self) -> None:
        """Who held a row a minute ago, and died, holds it no more."""
        with self.engine.begin() as connection:
            held = update(outbox).where(outbox.c.lease.is_not(None))
            connection.execute(held.values(lease_until=0))

    def number(self) -> str:
        """The newest referral's number, as it stands on the slip."""
        with reading(self.engine) as connection:
            newest = select(referrals.c.number).order_by(referrals.c.id.desc())
            return connection.scalar(newest) or "1000"

    # --- What the operator looks at

    def _look(self, phone: str, text: str) -> list[str]:
        """What is wrong with this SMS to this phone at this moment."""
        found = []
        if lost(text) or len(parts(text)) > 2:
            found.append("not two parts of GSM-7")
        if phone in OUTSIDE and (INSIDE_NAMES.search(text) or "0001" in text):
            found.append("data for somebody from elsewhere")
        if phone == STRANGER and INSIDE_NAMES.search(text):
            found.append("data for a stranger")
        if phone not in OUTSIDE and OUTSIDE_NAMES.search(text):
            found.append("data of elsewhere")
        if text.startswith("Rappel"):
            found += self._look_at_reminder(phone, text)
        if text.startswith("Alerte stock. Rupture"):
            told = OF_STOCK.findall(text.partition("Stock proche")[0])
            found += [f"not out: {one}" for one in told if one not in self._out()]
        return found

    def _look_at_reminder(self, phone: str, text: str) -> list[str]:
        found = []
        local = self.clock.now.astimezone(BAMAKO)
        if allowed(local, self.catalogue.programme.reminders) != local:
            found.append("a reminder at an hour of rest")
        agent = OF_AGENT.match(text)
        owed = {name.upper(): forms.split() for name, forms in OF_SITE.findall(text)}
        if agent and phone in SITES:
            owed = {SITES[phone]: agent[1].replace(",", " ").split()}
        for site, forms in owed.items():
            wanted = self.catalogue.forms if forms == ["tout"] else set(forms) - {"et"}
            found += [f"was received: {site} {form}" for form in wanted if self._has(site, form)]
        referral = OF_REFERRAL.match(text)
        if referral and self._state(referral[1]) in HEARD_OF:
            found.append("was answered")
        return found

    def _has(self, site: str, form: str) -> bool:
        key = (self.unit_id(site), form, OCTOBER)
        with reading(self.engine) as connection:
            report = reports.load(connection, [key]).get(key)
        return report is not None and not missing(self.catalogue.forms[form], report)

    def _state(self, number: str) -> str:
        with reading(self.engine) as connection:
            query = select(referrals.c.state).where(referrals.c.number == number)
            return str(connection.scalar(query))

    def _out(self) -> set[tuple[str, str]]:
        """What is out now: product and site, as an alert names them."""
        query = select(stock_outs.c.code, org_units.c.code).where(
            stock_outs.c.until.is_(None), org_units.c.id == stock_outs.c.site_id
        )
        with reading(self.engine) as connection:
            return {(code, site.title()) for code, site in connection.execute(query)}

    # --- What it finds at the end

    def told_too_often(self) -> list[str]:
        """The people who were told something more often than it happened."""
        rows = Counter((row.phone, row.text) for row in self.rows("notice"))
        sent = Counter((one.phone, one.text) for one in self.unasked())
        found = [f"twice: {one}" for one, count in sent.items() if count > rows[one]]
        for event, count in self._events().items():
            # A reminder by the calendar, and one that a supervisor asked for.
            if count > (2 if "reminded" in event else 1):
                found.append(f"{count} times: {event}")
        return found

    def unasked(self) -> list[Sent]:
        return [one for one in self.sent if one.text.startswith(UNASKED)]

    def _events(self) -> Counter[tuple[str, ...]]:
        """Each event and person, by what the SMS says of itself."""
        return Counter(event for one in self.unasked() for event in _events_of(one))


def _events_of(one: Sent) -> Iterator[tuple[str, ...]]:
    """Supervisors are reminded once a month, agents on days of their own."""
    if one.text.startswith("Rappel: rapports"):
        yield (one.phone, "missing")
    elif one.text.startswith("Rappel: rapport"):
        yield (one.phone, "reminded", f"{one.at:%d}")
    number = OF_REFERRAL.match(one.text)
    if number and one.text.startswith("Rappel"):
        yield (one.phone, "asked after", number[1], f"{one.at:%d}")
    elif number and "Voyez avec le centre" in one.text:
        yield (one.phone, "escalated", number[1])
    elif number and "A l'arrivee" in one.text:
        yield (one.phone, "referred", number[1])
