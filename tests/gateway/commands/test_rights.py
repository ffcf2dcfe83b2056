"""The rights: every command, said by every role, of the own area and of what is outside it.

Outside of the sender's area an answer holds nothing of what is stored there, and nothing there
changes. A command that joins the catalogue has to join the table here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

from gateway.storage.engine import connect, reading
from gateway.storage.tables import outbox, posts, referrals, reports, stock_outs, stock_receipts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, NANA, PEC, Harness, person, unit

CHEICK = "+22370000201"  # the district of all the others
AGENT_OUTSIDE, DTC_OUTSIDE = "+22370000006", "+22370000102"
WHO = {"asc": AWA, "dtc": NANA, "district": CHEICK}

# For each command what is said of one's own, and what tries to reach the site outside. `{inside}`
# and `{outside}` are the numbers of a referral, `{receipt}` the receipt of a report outside.
SAID = {
    "OUI": ("OUI", "OUI DJENNE"),
    "NON": ("NON", "NON DJENNE"),
    "COR": ("COR 10 VUS 46", "COR DJENNE 10 VUS 46"),
    "ANNULE": ("ANNULE", "POUR DJENNE ANNULE"),
    "RAS": ("NUT 10 RAS", "POUR DJENNE NUT 10 RAS"),
    "AIDE": ("AIDE PEC", "AIDE DJENNE"),
    "LANGUE": ("LANGUE FR", "LANGUE FR DJENNE"),
    "ETAT": ("ETAT", "ETAT DJENNE"),
    "SUITE": ("SUITE", "SUITE DJENNE"),
    "RCU": ("RCU ENF 10", "RCU DJENNE ENF 10"),
    "RUPT": ("RUPT ENF", "RUPT DJENNE"),
    "REF": ("REF 14 F PG ART", "REF DJENNE 14 F PG ART"),
    "PARTI": ("PARTI {inside}", "PARTI {outside}"),
    "REFUS": ("REFUS {inside}", "REFUS {outside}"),
    "FAIT": ("FAIT {inside}", "FAIT {outside}"),
    "CRF": ("CRF {inside} A", "CRF {outside} A"),
    "MANQ": ("MANQ", "MANQ DJENNE"),
    "SUIVI": ("SUIVI", "SUIVI DJENNE"),
    "RELANCE": ("RELANCE", "RELANCE DJENNE"),
    "VAL": ("VAL KOLA 10", "VAL DJENNE 10"),
    "POUR": ("POUR KOLA PEC 10 VUS 46", "POUR DJENNE PEC 10 VUS 46"),
    "COMMANDE": ("COMMANDE", "COMMANDE DJENNE"),
    "NUMERO": ("NUMERO KOLA 70000009", "NUMERO DJENNE 70000009"),
}
# A name in these is no place: the answer is about the sender's own.
OWN_ALONE = {"OUI", "NON", "COR", "AIDE", "LANGUE", "SUITE", "RCU", "REF"}


@dataclass(frozen=True, slots=True)
class World:
    """A district with its centre and sites, and a site in another district."""

    harness: Harness
    inside: str
    outside: str
    receipt: str

    def text(self, command: str, *, outside: bool) -> str:
        return SAID[command][outside].format(inside=self.inside, outside=self.outside)

    def stored(self) -> list[Any]:
        """All that is kept of the site outside, and what its people were told."""
        site = self.harness.unit_id("DJENNE")
        people = (AGENT_OUTSIDE, DTC_OUTSIDE)
        return [
            *(
                _rows(self.harness.engine, table, table.c.site_id == site)
                for table in (reports, referrals, stock_outs, stock_receipts)
            ),
            _rows(self.harness.engine, posts, posts.c.phone.in_(people)),
            _rows(self.harness.engine, outbox, outbox.c.phone.in_(people)),
        ]

    def secrets(self) -> list[str]:
        """What no answer to a sender from elsewhere may hold."""
        return ["Djenne", "DJENNE", "77", self.receipt, "0006", "7X XX XX 06"]


def _rows(engine: Engine, table: Table, where: Any) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(table).where(where))]


@pytest.fixture
def world(sqlite_url: str, catalogue: Catalogue) -> Iterator[World]:
    """Rights are no matter of the database, so one kind will do."""
    engine = connect(sqlite_url)
    harness = Harness(engine, catalogue)
    harness.enrol(
        (
            unit("OUTER", "district", "ML"),
            unit("BLA", "facility", "OUTER"),
            unit("DJENNE", "site", "BLA"),
        ),
        (
            person(CHEICK, "district", "DUGU"),
            person(AGENT_OUTSIDE, "asc", "DJENNE"),
            person(DTC_OUTSIDE, "dtc", "BLA"),
        ),
    )
    for phone, vus in ((AWA, 45), (AGENT_OUTSIDE, 77)):
        harness.told(PEC.replace("VUS 45", f"VUS {vus}"), phone)
        harness.told("RUPT CTA" if phone == AWA else "RUPT BEB", phone)
        harness.told("REF 14 F PG ART", phone)
    rows = dict(_rows_of_referrals(engine))
    yield World(
        harness,
        inside=rows[harness.unit_id("KOLA")],
        outside=rows[harness.unit_id("DJENNE")],
        receipt=harness.report("DJENNE").receipt,
    )
    engine.dispose()


def _rows_of_referrals(engine: Engine) -> list[tuple[int, str]]:
    with reading(engine) as connection:
        found = connection.execute(select(referrals.c.site_id, referrals.c.number)).all()
    return [(row.site_id, row.number) for row in found]


def test_every_command_stands_in_the_table_and_does_something(catalogue: Catalogue) -> None:
    assert SAID.keys() == catalogue.commands.keys()


@pytest.mark.parametrize("role", WHO)
def test_what_is_not_for_a_role_is_refused(world: World, catalogue: Catalogue, role: str) -> None:
    for command, known in catalogue.commands.items():
        answer = world.harness.told(world.text(command, outside=False), WHO[role])
        assert ("pas pour vous" in answer) is (role not in known.roles), (command, answer)
        assert "pas encore possible" not in answer, (command, answer)


@pytest.mark.parametrize("role", WHO)
def test_nobody_sees_or_changes_what_is_outside_his_area(world: World, role: str) -> None:
    before = world.stored()
    for command in SAID:
        answer = world.harness.told(world.text(command, outside=True), WHO[role])
        held = [secret for secret in world.secrets() if secret in answer]
        assert held == [], (command, answer)
        assert world.stored() == before, (command, answer)


@pytest.mark.parametrize("role", WHO)
def test_a_receipt_of_elsewhere_is_not_known(world: World, role: str) -> None:
    answer = world.harness.told(f"ETAT {world.receipt}", WHO[role])
    assert "pas connu" in answer


def test_a_supervisor_is_told_that_a_place_is_not_his(world: World, catalogue: Catalogue) -> None:
    for command, known in catalogue.commands.items():
        if command in OWN_ALONE or "district" not in known.roles:
            continue
        answer = world.harness.told(world.text(command, outside=True), CHEICK)
        assert "dans votre zone" in answer, (command, answer)
