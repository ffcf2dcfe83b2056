"""The person who can mend what DHIS2 refused is told it in words, once; no one else is."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.report import Status
from gateway.model.roster import Roster
from gateway.storage import outbox, roster_import
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused
from tests.gateway.dhis2_server import CLOSED
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    NOON,
    OCTOBER,
    OUMAR,
    PEC,
    PEC_VALUES,
    Harness,
    person,
)
from tests.gateway.stub_dhis2 import StubDhis2, refusing, refusing_first

CHIEF = "+22370000201"


def told(harness: Harness) -> list[tuple[str, str]]:
    """Every notice so far: to whom, and what."""
    return [(row.phone, row.text) for row in harness.rows("notice")]


def again(harness: Harness, stub: StubDhis2) -> None:
    """Retry by hand what was refused."""
    with harness.engine.begin() as connection:
        outbox.retry(connection, None, harness.clock.now)
    stub.send(harness)


def test_what_is_refused_of_an_agent_who_left_is_told_to_the_successor(
    harness: Harness,
) -> None:
    stub = StubDhis2(values=refusing_first("E7619", "no such value type"))
    harness.told(PEC)
    harness.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    stub.send(harness)
    assert [phone for phone, _ in told(harness)] == [OUMAR]


@pytest.mark.parametrize("code", ["E7619", "E8122"])
def test_a_refused_number_is_told_to_its_sender(harness: Harness, code: str) -> None:
    stub = StubDhis2(values=refusing_first(code, "no such value type"))
    harness.told(PEC)
    stub.send(harness)
    ((phone, text),) = told(harness)
    assert phone == AWA
    (refused,) = harness.report().refusals
    assert text.startswith(f"DHIS2 a refuse {refused} {PEC_VALUES[refused]} de PEC octobre.")
    assert text.endswith(f"COR octobre {refused} ..")
    assert len(text) <= 160
    again(harness, stub)
    assert len(told(harness)) == 1
    harness.clock.advance(minutes=1)
    harness.told(f"PEC 10 {refused} {PEC_VALUES[refused] + 1}")
    stub.send(harness)
    assert len(told(harness)) == 2
    assert harness.report().status is Status.REFUSED


def test_of_a_sum_each_agent_is_told_their_own_number(harness: Harness) -> None:
    harness.clock.now = CLOSED
    harness.told("PEC 10 VUS 45", FANTA)
    harness.told("PEC 10 VUS 7", ISSA)
    StubDhis2(values=refusing_first("E7619")).send(harness)
    texts = dict(told(harness))
    assert "VUS 7 de PEC octobre" in texts[ISSA]
    assert texts[FANTA].startswith("DHIS2 banna VUS 45 la")
    assert not any("52" in text for text in texts.values())


LATER = datetime(2026, 12, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "words", "why"),
    [
        ("E7640", "mois ferme", "mois ferme"),
        ("E8030", "mois ferme", "mois ferme"),
        ("E7643", "mois ferme", "mois ferme"),
        ("E7642", "deja approuve", "mois approuve"),
        ("E8033", "deja approuve", "mois approuve"),
        ("E7636", "pas rattache", "site pas rattache"),
        ("E8022", "pas rattache", "site pas rattache"),
        ("E8031", "est ferme", "site ferme"),
    ],
)
def test_what_is_the_supervisors_is_told_to_the_dtc(
    harness: Harness, code: str, words: str, why: str
) -> None:
    stub = StubDhis2(values=refusing(code, "words of DHIS2"))
    harness.told(PEC)
    stub.send(harness)
    ((phone, text),) = told(harness)
    assert (phone, words in text, text[:5]) == (NANA, True, "DHIS2")
    assert len(text) <= 160
    row = harness.only("dhis2")
    assert (row.state, row.reason) == ("refused", code)
    assert harness.report().values == PEC_VALUES, "held, whatever DHIS2 says"
    answer = harness.told("ETAT")
    assert f"PEC refuse par DHIS2: {why}" in answer
    again(harness, stub)
    assert len(told(harness)) == 1


def test_a_closed_month_is_told_once_however_many_sites_it_stops(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.receive(PEC, phone)
    harness.read()
    StubDhis2(values=refusing("E7640")).send(harness)
    assert [row.state for row in harness.rows("dhis2")] == ["refused", "refused"]
    assert [phone for phone, _ in told(harness)] == [NANA]


def test_without_a_dtc_the_district_is_told(harness: Harness) -> None:
    people = (person(NANA, "dtc", "KANI", active=False), person(CHIEF, "district", "DUGU"))
    with harness.engine.begin() as connection:
        roster_import.apply(connection, Roster((), people), OCTOBER)
    harness.told(PEC)
    StubDhis2(values=refusing("E7640")).send(harness)
    assert [phone for phone, _ in told(harness)] == [CHIEF]


@pytest.mark.parametrize("code", ["E7613", "E8104", "E7617", "E8011", "E8128", "E9999", ""])
def test_configuration_is_no_affair_of_the_field(
    harness: Harness, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.told(PEC)
    StubDhis2(values=refusing(code)).send(harness)
    assert told(harness) == []
    assert harness.only("dhis2").state == "refused"
    assert "dhis2_refused" in capsys.readouterr().out
    assert "reglage" in harness.told("ETAT")


@pytest.mark.parametrize("code", ["E7641"])
def test_a_month_that_is_not_open_yet_waits_and_is_nobodys_fault(
    harness: Harness, code: str
) -> None:
    stub = StubDhis2(values=refusing(code))
    harness.clock.now = datetime(2026, 11, 1, 0, 10, tzinfo=UTC)
    harness.told(PEC)
    stub.send(harness)
    row = harness.only("dhis2")
    assert (row.state, row.reason, told(harness)) == ("waiting", code, [])
    assert timedelta(hours=1) <= row.next_at - harness.clock.now <= timedelta(hours=2)
    assert harness.report().status is Status.COMPLETE
    stub.values = lambda cells: Accepted()
    harness.clock.now = row.next_at
    stub.send(harness)
    assert harness.report().status is Status.FORWARDED


@pytest.mark.parametrize(
    "text", ["ASC PEC VUN - Filles needs to be filled. It is compulsory.", "something compulsory"]
)
def test_what_dhis2_needs_besides_is_asked_of_her(harness: Harness, text: str) -> None:
    refused = GroupRefused(Conflict("E7605", text))
    stub = StubDhis2(completeness=lambda registrations: refused)
    harness.told(PEC)
    stub.send(harness)
    ((phone, words),) = told(harness)
    assert phone == AWA
    assert words.startswith("DHIS2 demande encore VUN")
    assert ("VUF" in words) == (text == "something compulsory")
    assert harness.report().status is Status.FORWARDED
    assert (harness.only("dhis2").state, harness.only("dhis2").reason) == ("refused", "E7605")


def test_it_is_told_where_a_report_is(harness: Harness) -> None:
    stub = StubDhis2()
    harness.told(PEC)
    assert "PEC complet, sera transmis" in harness.told("ETAT")
    stub.send(harness)
    harness.clock.now = NOON + timedelta(hours=5)
    assert "PEC dans DHIS2 04/11 12h00" in harness.told("ETAT")
    harness.clock.now = CLOSED
    harness.told("NUT 10 DEP 180")
    stub.send(harness)
    assert "NUT dans DHIS2 10/11 01h00, manque MAM" in harness.told("ETAT 10")
