"""Holds up: whoever can mend what DHIS2 refused is told it in words, once; nobody else is."""

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
    Pipes,
    person,
)
from tests.gateway.stub_dhis2 import StubDhis2, refusing, refusing_first

CHIEF = "+22370000201"


def told(pipes: Pipes) -> list[tuple[str, str]]:
    """Every notice so far: to whom, and what."""
    return [(row.phone, row.text) for row in pipes.rows("notice")]


def again(pipes: Pipes, stub: StubDhis2) -> None:
    """Somebody retries by hand what was refused."""
    with pipes.engine.begin() as connection:
        outbox.retry(connection, None, pipes.clock.now)
    stub.send(pipes)


def test_what_is_refused_of_somebody_who_has_left_is_told_to_who_works_there(
    pipes: Pipes,
) -> None:
    stub = StubDhis2(values=refusing_first("E7619", "no such value type"))
    pipes.told(PEC)
    pipes.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    stub.send(pipes)
    assert [phone for phone, _ in told(pipes)] == [OUMAR]


@pytest.mark.parametrize("code", ["E7619", "E8122"])
def test_a_refused_number_is_told_to_her_who_sent_it(pipes: Pipes, code: str) -> None:
    stub = StubDhis2(values=refusing_first(code, "no such value type"))
    pipes.told(PEC)
    stub.send(pipes)
    ((phone, text),) = told(pipes)
    assert phone == AWA
    (refused,) = pipes.report().refusals
    assert text.startswith(f"DHIS2 a refuse {refused} {PEC_VALUES[refused]} de PEC octobre.")
    assert text.endswith(f"COR octobre {refused} ..")
    assert len(text) <= 160
    again(pipes, stub)
    assert len(told(pipes)) == 1
    pipes.clock.advance(minutes=1)
    pipes.told(f"PEC 10 {refused} {PEC_VALUES[refused] + 1}")
    stub.send(pipes)
    assert len(told(pipes)) == 2
    assert pipes.report().status is Status.REFUSED


def test_of_a_sum_each_is_told_her_own_number(pipes: Pipes) -> None:
    pipes.clock.now = CLOSED
    pipes.told("PEC 10 VUS 45", FANTA)
    pipes.told("PEC 10 VUS 7", ISSA)
    StubDhis2(values=refusing_first("E7619")).send(pipes)
    texts = dict(told(pipes))
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
    pipes: Pipes, code: str, words: str, why: str
) -> None:
    stub = StubDhis2(values=refusing(code, "words of DHIS2"))
    pipes.told(PEC)
    stub.send(pipes)
    ((phone, text),) = told(pipes)
    assert (phone, words in text, text[:5]) == (NANA, True, "DHIS2")
    assert len(text) <= 160
    row = pipes.only("dhis2")
    assert (row.state, row.reason) == ("refused", code)
    assert pipes.report().values == PEC_VALUES, "held, whatever DHIS2 says"
    answer = pipes.told("ETAT")
    assert f"PEC refuse par DHIS2: {why}" in answer
    again(pipes, stub)
    assert len(told(pipes)) == 1


def test_a_closed_month_is_told_once_however_many_sites_it_stops(pipes: Pipes) -> None:
    for phone in (AWA, FANTA, ISSA):
        pipes.receive(PEC, phone)
    pipes.read()
    StubDhis2(values=refusing("E7640")).send(pipes)
    assert [row.state for row in pipes.rows("dhis2")] == ["refused", "refused"]
    assert [phone for phone, _ in told(pipes)] == [NANA]


def test_without_a_dtc_the_district_is_told(pipes: Pipes) -> None:
    people = (person(NANA, "dtc", "KANI", active=False), person(CHIEF, "district", "DUGU"))
    with pipes.engine.begin() as connection:
        roster_import.apply(connection, Roster((), people), OCTOBER)
    pipes.told(PEC)
    StubDhis2(values=refusing("E7640")).send(pipes)
    assert [phone for phone, _ in told(pipes)] == [CHIEF]


@pytest.mark.parametrize("code", ["E7613", "E8104", "E7617", "E8011", "E8128", "E9999", ""])
def test_configuration_is_no_affair_of_the_field(
    pipes: Pipes, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pipes.told(PEC)
    StubDhis2(values=refusing(code)).send(pipes)
    assert told(pipes) == []
    assert pipes.only("dhis2").state == "refused"
    assert "dhis2_refused" in capsys.readouterr().out
    assert "reglage" in pipes.told("ETAT")


@pytest.mark.parametrize("code", ["E7641"])
def test_a_month_that_is_not_open_yet_waits_and_is_nobodys_fault(pipes: Pipes, code: str) -> None:
    stub = StubDhis2(values=refusing(code))
    pipes.clock.now = datetime(2026, 11, 1, 0, 10, tzinfo=UTC)
    pipes.told(PEC)
    stub.send(pipes)
    row = pipes.only("dhis2")
    assert (row.state, row.reason, told(pipes)) == ("waiting", code, [])
    assert timedelta(hours=1) <= row.next_at - pipes.clock.now <= timedelta(hours=2)
    assert pipes.report().status is Status.COMPLETE
    stub.values = lambda cells: Accepted()
    pipes.clock.now = row.next_at
    stub.send(pipes)
    assert pipes.report().status is Status.FORWARDED


@pytest.mark.parametrize(
    "text", ["ASC PEC VUN - Filles needs to be filled. It is compulsory.", "something compulsory"]
)
def test_what_dhis2_needs_besides_is_asked_of_her(pipes: Pipes, text: str) -> None:
    refused = GroupRefused(Conflict("E7605", text))
    stub = StubDhis2(completeness=lambda registrations: refused)
    pipes.told(PEC)
    stub.send(pipes)
    ((phone, words),) = told(pipes)
    assert phone == AWA
    assert words.startswith("DHIS2 demande encore VUN")
    assert ("VUF" in words) == (text == "something compulsory")
    assert pipes.report().status is Status.FORWARDED
    assert (pipes.only("dhis2").state, pipes.only("dhis2").reason) == ("refused", "E7605")


def test_it_is_told_where_a_report_is(pipes: Pipes) -> None:
    stub = StubDhis2()
    pipes.told(PEC)
    assert "PEC complet, sera transmis" in pipes.told("ETAT")
    stub.send(pipes)
    pipes.clock.now = NOON + timedelta(hours=5)
    assert "PEC dans DHIS2 04/11 12h00" in pipes.told("ETAT")
    pipes.clock.now = CLOSED
    pipes.told("NUT 10 DEP 180")
    stub.send(pipes)
    assert "NUT dans DHIS2 10/11 01h00, manque MAM" in pipes.told("ETAT 10")
