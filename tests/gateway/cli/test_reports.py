"""Tests of `kibaru reports`: what is stored, to the letter for programs, a line for people."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, update

from gateway.context import Context
from gateway.inbound import reader
from gateway.inbound.accept import accept
from gateway.storage import inbox
from gateway.storage.engine import connect, reading
from gateway.storage.tables import reports
from gateway.transports.africastalking_posts import InboundSms
from menus.model.catalogue import Catalogue
from tests.gateway.cli.conftest import Kibaru

SENT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 8, 15, 30, tzinfo=UTC)
FORWARDED = datetime(2026, 11, 3, 8, 16, 30, tzinfo=UTC)
AWA, MOUSSA = "+22370000001", "+22370000002"
MESSAGES = [
    (AWA, "PEC 10 VUS 45 FIE 38 TDR 37 POS 48"),  # more positive tests than tests
    (AWA, "NUT 10 DEP 30"),
    (MOUSSA, "PEC 10 VUS 9"),
]
KEYS = {
    *("site", "form", "period", "status", "version", "receipt", "values", "pending", "stockouts"),
    *("late", "phone_masked", "received_at", "validated_at", "forwarded_at", "problems"),
}


@pytest.fixture
def stored(kibaru: Kibaru, roster: list[str], sqlite_url: str, catalogue: Catalogue) -> str:
    """Return the URL of a database with a roster and three reports of October."""
    words = ("roster", "import", *roster, "--from", "202601")
    assert kibaru(*words, DATABASE_URL=sqlite_url).code == 0
    engine = connect(sqlite_url)
    with reading(engine) as connection:
        key = inbox.hash_key(connection)
    for number, (phone, text) in enumerate(MESSAGES):
        sms = InboundSms(f"m{number}", phone, "38400", text, SENT, "61002", "")
        accept(engine, key, sms, NOW, date_believed_days=45)
    reader.read_inbox(engine, Context(catalogue, ZoneInfo("Africa/Bamako")), lambda: NOW)
    change(engine, "NUT", forwarded_version=1, forwarded_at=FORWARDED, days_out={"DEP": 12})
    engine.dispose()
    return sqlite_url


def change(engine: Engine, form: str, **columns: object) -> None:
    """Change columns as if DHIS2 had answered."""
    with engine.begin() as connection:
        connection.execute(update(reports).where(reports.c.form == form).values(**columns))


def rows(kibaru: Kibaru, url: str, *words: str) -> Mapping[tuple[str, str], dict[str, Any]]:
    """Return every report of October, by its site and form."""
    done = kibaru("reports", "--period", "202610", "--json", *words, DATABASE_URL=url)
    assert (done.code, done.err) == (0, "")
    return {(row["site"], row["form"]): row for row in done.json()}


def test_programs_get_every_report_of_the_month(kibaru: Kibaru, stored: str) -> None:
    found = rows(kibaru, stored)
    assert list(found) == [("KOLA", "NUT"), ("KOLA", "PEC"), ("TENE", "PEC")]
    assert all(row.keys() == KEYS for row in found.values())
    pec, nut = found["KOLA", "PEC"], found["KOLA", "NUT"]
    assert (pec["period"], pec["status"], pec["version"]) == ("202610", "incomplete", 1)
    assert pec["values"]["VUS"] == 45
    assert pec["pending"]["POS"] == 48
    assert (pec["stockouts"], pec["late"]) == ({}, False)
    assert pec["receipt"][0].isdigit()
    assert pec["phone_masked"] == "7X XX XX 01"
    assert pec["received_at"].startswith("2026-11-03T08:15:")
    assert pec["received_at"].endswith("Z")
    assert (pec["validated_at"], pec["forwarded_at"]) == (None, None)
    (problem,) = pec["problems"]
    assert problem.keys() >= {"level", "codes", "text"}
    assert problem["level"] == "refuse"
    assert "POS" in problem["codes"]
    assert (nut["status"], nut["values"], nut["stockouts"]) == (
        "forwarded",
        {"DEP": 30},
        {"DEP": 12},
    )
    assert nut["forwarded_at"] == "2026-11-03T08:16:30Z"
    assert found["TENE", "PEC"]["phone_masked"] == "7X XX XX 02"


def test_what_dhis2_would_not_have_is_a_problem(kibaru: Kibaru, stored: str) -> None:
    engine = connect(stored)
    change(engine, "NUT", refused_version=1, refusals={"DEP": "out of range"})
    engine.dispose()
    nut = rows(kibaru, stored)["KOLA", "NUT"]
    assert nut["status"] == "refused"
    assert nut["problems"] == [{"level": "refuse", "codes": ["DEP"], "text": "DHIS2: out of range"}]


@pytest.mark.parametrize(
    ("site", "found"),
    [
        ("KOLA", [("KOLA", "NUT"), ("KOLA", "PEC")]),
        ("TENE", [("TENE", "PEC")]),
        ("KANI", []),
    ],
)
def test_one_site_alone(
    kibaru: Kibaru, stored: str, site: str, found: list[tuple[str, str]]
) -> None:
    assert list(rows(kibaru, stored, "--site", site)) == found


def test_people_get_a_line_each(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("reports", "--period", "202610", DATABASE_URL=stored)
    assert (done.code, done.err) == (0, "")
    nut, pec, problem, tene = done.out.splitlines()
    assert nut.startswith("KOLA NUT 202610 forwarded v1 ")
    assert nut.endswith(": DEP 30")
    assert pec.startswith("KOLA PEC 202610 incomplete v1 ")
    assert "VUS 45" in pec
    assert "POS 48?" in pec
    assert problem.startswith("    ")
    assert tene.endswith(": VUS 9")


def test_a_month_without_reports(kibaru: Kibaru, stored: str, postgresql_url: str) -> None:
    for url in (stored, postgresql_url):
        done = kibaru("reports", "--period", "202609", DATABASE_URL=url)
        assert (done.code, done.out, done.err) == (0, "", "no reports for this month\n")
        assert kibaru("reports", "--period", "202609", "--json", DATABASE_URL=url).json() == []


def test_a_site_that_nobody_knows(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("reports", "--period", "202610", "--site", "NOWHERE", DATABASE_URL=stored)
    assert (done.code, done.out) == (1, "")
    assert done.err == "no org unit has the code 'NOWHERE'\n"
