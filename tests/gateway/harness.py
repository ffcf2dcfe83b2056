"""A small programme for the tests of the gateway: a roster, a clock to turn, SMS to send."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, Row, event, select, update

from gateway.context import Context
from gateway.inbound import reader
from gateway.inbound.accept import accept
from gateway.model.csv_table import FilePlace
from gateway.model.report import Report
from gateway.model.roster import PersonRow, Roster, UnitRow
from gateway.storage import counters, reports, roster, roster_import
from gateway.storage import inbox as inbox_store
from gateway.storage.engine import reading
from gateway.storage.tables import inbox, outbox, report_versions
from gateway.transports.africastalking_posts import InboundSms
from menus.model.catalogue import Catalogue
from menus.wording.sentences import say

BAMAKO = ZoneInfo("Africa/Bamako")
OCTOBER = "202610"
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)  # October has ended, and closes on the 10th

# Awa's site has DHIS2 cells of its own; Fanta's and Issa's share those of their facility;
# Sira's has no place in DHIS2. Oumar works at two sites, Nana heads the facility.
AWA, FANTA, ISSA, SIRA, OUMAR, NANA = (
    f"+2237000{number}" for number in ("0001", "0002", "0003", "0004", "0005", "0101")
)
STRANGER = "+22370009999"

PEC = "PEC 10 VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0"
PEC_VALUES = {
    "VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27, "GRV": 2, "ART": 2,
    "IRA": 9, "AMX": 9, "DIA": 11, "SRZ": 10, "RFS": 3, "DCD": 0,
}  # fmt: skip

_HERE = FilePlace("test")


def unit(code: str, level: str, parent: str | None, dhis2_id: str | None = None) -> UnitRow:
    return UnitRow(_HERE, code, code.title(), level, parent, dhis2_id, None)


def person(
    phone: str, role: str, at: str, language: str = "fr", *, active: bool = True
) -> PersonRow:
    return PersonRow(_HERE, phone, f"N{phone[-4:]}", role, at, language, active)


UNITS = (
    unit("ML", "country", None),
    unit("DUGU", "district", "ML"),
    unit("KANI", "facility", "DUGU", "KaniFacil01"),
    unit("KOLA", "site", "KANI", "KolaSite001"),
    unit("TENE", "site", "KANI"),
    unit("SIRAKORO", "site", "KANI"),
    unit("LONE", "site", "DUGU"),
)
PEOPLE = (
    person(AWA, "asc", "KOLA"),
    person(FANTA, "asc", "TENE", "bm"),
    person(ISSA, "asc", "SIRAKORO"),
    person(SIRA, "asc", "LONE"),
    person(OUMAR, "asc", "KOLA"),
    person(OUMAR, "asc", "TENE"),
    person(NANA, "dtc", "KANI"),
)


class Killed(BaseException):
    """What ends a process in the middle of a statement; nothing catches it."""


@contextmanager
def once_before(engine: Engine, words: str, act: Callable[[Connection], None]) -> Iterator[None]:
    """Something happens just before the first statement that holds these words."""
    happened = False

    def look(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        nonlocal happened
        if words in statement and not happened:
            happened = True
            act(connection)

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", look)
    assert happened, f"no statement held {words!r}"


@contextmanager
def killed_at(engine: Engine, words: str) -> Iterator[None]:
    """The process dies at the first statement that holds these words."""

    def die(_: Connection) -> None:
        raise Killed

    with once_before(engine, words, die), pytest.raises(Killed):
        yield


@dataclass(slots=True)
class Clock:
    """The time, which only the test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amounts: float) -> None:
        self.now += timedelta(**amounts)


@dataclass(slots=True)
class Harness:
    """A database with the roster above, and what a test does to it and asks of it."""

    engine: Engine
    catalogue: Catalogue
    clock: Clock = field(default_factory=Clock)
    _sent: int = 0

    def __post_init__(self) -> None:
        self.enrol(UNITS, PEOPLE)

    @property
    def context(self) -> Context:
        return Context(self.catalogue, BAMAKO)

    def enrol(
        self, units: Sequence[UnitRow], people: Sequence[PersonRow], since: str = "202601"
    ) -> roster_import.Summary:
        with self.engine.begin() as connection:
            return roster_import.apply(connection, Roster(tuple(units), tuple(people)), since)

    def receive(self, text: str, phone: str = AWA, *, sent: datetime | None = None) -> int:
        """A message arrives now, sent at `sent` or now; returns its id in the inbox."""
        self._sent += 1
        provider_id = f"{phone}-{self._sent}"
        at = self.clock.now if sent is None else sent
        sms = InboundSms(provider_id, phone, "36000", text, at, "61002", "")
        # Tests tell of months gone by without turning the clock back.
        assert accept(self.engine, b"key", sms, self.clock.now, date_believed_days=10_000)
        with reading(self.engine) as connection:
            query = select(inbox.c.id).where(inbox.c.provider_id == provider_id)
            return connection.execute(query).scalar_one()

    def read(self) -> int:
        return reader.read_inbox(self.engine, self.context, self.clock)

    def told(self, text: str, phone: str = AWA, *, sent: datetime | None = None) -> str:
        """Sends, reads, and gives back the one answer."""
        before = len(self.answers(phone))
        self.receive(text, phone, sent=sent)
        self.read()
        (answer,) = self.answers(phone)[before:]
        return answer

    def says(self, key: str, language: str = "fr", *, brief: bool = False, **fills: object) -> str:
        """Return the sentence of the words files with that key, filled in."""
        return say(self.catalogue, language, key, brief=brief, **fills)

    def answers(self, phone: str) -> list[str]:
        """The texts of all replies to a number, in the order in which they were written."""
        return [row.text for row in self.rows("reply") if row.phone == phone]

    def rows(self, kind: str) -> list[Row[Any]]:
        """The outbox rows of a kind, oldest first."""
        with reading(self.engine) as connection:
            query = select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)
            return list(connection.execute(query))

    def only(self, kind: str) -> Row[Any]:
        """The one outbox row of a kind."""
        (row,) = self.rows(kind)
        return row

    def change_rows(self, kind: str, **columns: object) -> None:
        """Writes into the outbox behind everybody's back: the passing of time, a crash."""
        with self.engine.begin() as connection:
            connection.execute(update(outbox).where(outbox.c.kind == kind).values(**columns))

    def inbox_states(self) -> dict[int, str]:
        with reading(self.engine) as connection:
            return {row.id: row.state for row in connection.execute(select(inbox))}

    def waiting(self) -> int:
        with reading(self.engine) as connection:
            return inbox_store.waiting(connection)[0]

    def unit_id(self, code: str) -> int:
        with reading(self.engine) as connection:
            found = roster.unit_by_code(connection, code, OCTOBER)
        assert found is not None
        return found.id

    def report(self, site: str = "KOLA", form: str = "PEC", period: str = OCTOBER) -> Report:
        key = (self.unit_id(site), form, period)
        with reading(self.engine) as connection:
            return reports.load(connection, [key])[key]

    def forwarded(self, site: str, form: str, period: str) -> None:
        """DHIS2 has the report as it stands."""
        report = self.report(site, form, period)
        with self.engine.begin() as connection:
            sent = {(report.id, report.version)}
            reports.mark_forwarded(connection, sent, {}, self.clock.now)

    def periods(self, site: str = "KOLA", form: str = "PEC") -> list[str]:
        """The months for which a site has a report of a form."""
        with reading(self.engine) as connection:
            keys = reports.keys_of(connection, [self.unit_id(site)])
        return sorted(period for _, found, period in keys if found == form)

    def versions(self) -> list[Row[Any]]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(report_versions).order_by(report_versions.c.id)))

    def counted(self) -> Mapping[str, int]:
        with reading(self.engine) as connection:
            return counters.read(connection)
