"""Holds up: what an agent who leaves was asked, and was to be told, passes to her site."""

from datetime import UTC, datetime

import pytest

from gateway.notifications import handover
from gateway.storage.engine import reading
from gateway.storage.outbox_sms import NewNotice, add_notices
from tests.gateway.harness import AWA, FANTA, OCTOBER, OUMAR, Pipes, person

NEW = "+22370000008"


@pytest.fixture
def pipes(pipes: Pipes) -> Pipes:
    """With one agent at Kola."""
    pipes.enrol((), (person(OUMAR, "asc", "KOLA", active=False),))
    return pipes


def leave(pipes: Pipes) -> int:
    """Awa leaves, another comes; the number of questions that passed on."""
    people = (person(AWA, "asc", "KOLA", active=False), person(NEW, "asc", "KOLA"))
    pipes.enrol((), people, since="202611")
    with pipes.engine.begin() as connection:
        return handover.hand_over(connection, "202611", pipes.clock.now)


def words(pipes: Pipes, phone: str) -> list[str | None]:
    """What the notices to a phone would say now."""
    with reading(pipes.engine) as connection:
        return [
            handover.compose(connection, pipes.house, phone, row.subject, pipes.clock.now)
            for row in pipes.rows("notice")
            if row.phone == phone and row.topic == handover.TOPIC
        ]


def test_an_open_question_passes_to_the_new_agent(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    assert leave(pipes) == 1
    asked = "Alerte: pour le site Kola, pas encore note: PEC octobre VUS 160."
    assert words(pipes, NEW) == [f"{asked} Si exact repondez OUI, sinon NON."]
    pipes.told("OUI", NEW)
    assert pipes.report().values == {"VUS": 160}
    assert words(pipes, NEW) == [None]


def test_it_passes_once_and_to_nobody_without_a_question(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    assert leave(pipes) == 1
    assert leave(pipes) == 0
    assert len(words(pipes, NEW)) == 1
    pipes.told("PEC 10 VUS 160", FANTA)
    assert leave(pipes) == 0


def test_an_old_question_is_not_passed_on(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.clock.advance(hours=73)
    assert leave(pipes) == 0
    assert words(pipes, NEW) == []


def test_her_own_question_comes_first(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.enrol((), (person(NEW, "asc", "KOLA"),))
    assert "OUI" in pipes.told("PEC 09 VUS 160", NEW)
    assert leave(pipes) == 0
    pipes.told("OUI", NEW)
    assert pipes.report(period="202609").values == {"VUS": 160}
    assert pipes.report().values == {}


def test_what_waits_to_be_told_goes_to_the_new_agent(pipes: Pipes) -> None:
    now = pipes.clock.now
    notice = NewNotice(
        "referral:1", AWA, "referral", now, now, text="Alerte", unit_id=pipes.unit_id("KOLA")
    )
    other = NewNotice("x", AWA, "x", now, now, text="Alerte", unit_id=pipes.unit_id("TENE"))
    with pipes.engine.begin() as connection:
        add_notices(connection, [notice, other], now)
    leave(pipes)
    assert {row.key: row.phone for row in pipes.rows("notice")} == {"referral:1": NEW, "x": AWA}


def test_nobody_there_leaves_it_where_it_is(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    with pipes.engine.begin() as connection:
        assert handover.hand_over(connection, "202611", pipes.clock.now) == 0
    assert pipes.report(period=OCTOBER).pending["VUS"].value == 160
    assert leave(pipes) == 1


def test_who_leaves_with_a_later_month_is_asked_until_then(pipes: Pipes) -> None:
    people = (person(AWA, "asc", "KOLA", active=False), person(NEW, "asc", "KOLA"))
    pipes.enrol((), people, since="202612")
    pipes.clock.now = datetime(2026, 11, 30, 20, tzinfo=UTC)
    pipes.told("PEC 11 VUS 160")
    assert due(pipes) == 0
    pipes.clock.advance(hours=5)
    assert due(pipes) == 1
    assert due(pipes) == 0
    pipes.told("OUI", NEW)
    assert pipes.report(period="202611").values == {"VUS": 160}


def due(pipes: Pipes) -> int:
    """What the clock does about it now; how many questions passed on."""
    with pipes.engine.begin() as connection:
        return handover.hand_over_due(connection, pipes.house, pipes.clock.now)
