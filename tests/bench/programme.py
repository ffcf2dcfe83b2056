"""A programme of any size: sites, agents, DHIS2 units, and one complete report of each site."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gateway.dhis2 import metadata
from gateway.dhis2.org_units import org_units_of
from gateway.inbound.accept import PROVIDER
from gateway.roster import importing
from gateway.roster.files import PEOPLE_COLUMNS, UNIT_COLUMNS
from gateway.storage import inbox
from gateway.storage.engine import connect, reading
from gateway.storage.inbox import Arrival
from menus.loading.loader import load
from menus.model.period import Period

FORM: Final = "PEC"
VALUES: Final = 13  # of a complete report
SITES_OF_A_FACILITY: Final = 20
FIRST_PHONE: Final = 70000001


@dataclass(frozen=True, slots=True)
class Programme:
    """A database with everything in it that waits to be worked off, and DHIS2's metadata."""

    database: str
    metadata: Path
    reports: int


def prepare(database: str, folder: Path, sites: int, now: datetime) -> Programme:
    """Fills a migrated database: the roster, and last month's report of every site, accepted.

    `now` is aware; the reports were sent in the minutes before it.
    """
    month = Period(now.year, now.month)
    enrol(database, folder, sites, month)
    engine = connect(database)
    document = folder / f"metadata-{sites}.json"
    with reading(engine) as connection:
        rows = org_units_of(connection, month.code)
        key = inbox.hash_key(connection)
    document.write_text(metadata.render(metadata.export(load(), rows)), encoding="utf-8")
    with engine.begin() as connection:
        for message in _messages(sites, month.plus(-1), now):
            inbox.add(connection, message, key)
        # What any database does by itself within a minute of such an import.
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return Programme(database, document, sites)


def unit_uid(number: int) -> str:
    """The place of a site in DHIS2, sites counted from nought."""
    return f"Sites{number:06d}"


def enrol(database: str, folder: Path, sites: int, month: Period) -> None:
    """Fills a migrated database with a roster of so many sites, one agent each, from `month` on.

    The agents' numbers count up from `FIRST_PHONE`.
    """
    engine = connect(database)
    units, people = _write_roster(folder, sites)
    importing.import_roster(engine, units, people, month)
    engine.dispose()


def _write_roster(folder: Path, sites: int) -> tuple[Path, Path]:
    units, people = folder / f"org_units-{sites}.csv", folder / f"people-{sites}.csv"
    _write(units, UNIT_COLUMNS, _units(sites))
    _write(people, PEOPLE_COLUMNS, _people(sites))
    return units, people


def _write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)


def _units(sites: int) -> Iterator[tuple[object, ...]]:
    yield ("ML", "Mali", "country", "", "", "")
    yield ("SAHELI", "Saheli", "region", "ML", "", "")
    yield ("DUGUBA", "Duguba", "district", "SAHELI", "DugubaDistr", "")
    for number in range(-(-sites // SITES_OF_A_FACILITY)):
        code = _facility(number)
        yield (code, code, "facility", "DUGUBA", f"Facil{number:06d}", 12000)
    for number in range(sites):
        above = _facility(number // SITES_OF_A_FACILITY)
        yield (_site(number), _site(number), "site", above, unit_uid(number), 900)


def _people(sites: int) -> Iterator[tuple[object, ...]]:
    for number in range(sites):
        language = "bm" if number % 2 else "fr"
        yield (_phone(number), f"Awa {number}", "asc", _site(number), language, "yes")


def _facility(number: int) -> str:
    return f"KANI{number}"


def _site(number: int) -> str:
    return f"KOLA{number}"


def _phone(number: int) -> str:
    return f"+223{FIRST_PHONE + number}"


def _messages(sites: int, month: Period, now: datetime) -> Iterator[Arrival]:
    """Store what web would, but in one COMMIT: accepting is not what is measured."""
    for number in range(sites):
        yield Arrival(
            provider=PROVIDER,
            provider_id=f"bench-{number}",
            phone=_phone(number),
            text=_report(number, month),
            network="61002",
            sent_at=now - timedelta(seconds=600 - number % 600),
            received_at=now,
        )


def _report(number: int, month: Period) -> str:
    """A complete report that no limit or rule speaks against, of numbers that differ by site."""
    vus, fie, dia = 70 + number % 47, 40 + number % 29, 5 + number % 37
    pos, ira = 10 + number % 23, 4 + number % 31
    return (
        f"{FORM} {month.month:02d} VUS {vus} FIE {fie} TDR {fie} POS {pos} CTA {pos} GRV 2 ART 2 "
        f"IRA {ira} AMX {ira} DIA {dia} SRZ {dia} RFS 3 DCD 0"
    )
