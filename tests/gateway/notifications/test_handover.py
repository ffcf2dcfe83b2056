"""What an agent who leaves was asked, and was to be told, passes to the site."""

from datetime import UTC, datetime

import pytest

from gateway.notifications import handover
from gateway.storage.engine import reading
from gateway.storage.outbox_sms import NewNotice, add_notices
from tests.gateway.harness import AWA, FANTA, OCTOBER, OUMAR, Harness, person

NEW = "+22370000008"


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """With one agent at Kola."""
    harness.enrol((), (person(OUMAR, "asc", "KOLA", active=False),))
    return harness


def leave(harness: Harness) -> int:
    """Awa leaves, another comes; the number of questions that passed on."""
    people = (person(AWA, "asc", "KOLA", active=False), person(NEW, "asc", "KOLA"))
    harness.enrol((), people, since="202611")
    with harness.engine.begin() as connection:
        return handover.hand_over(connection, "202611", harness.clock.now)


def words(harness: Harness, phone: str) -> list[str | None]:
    """What the notices to a phone would say now."""
    with reading(harness.engine) as connection:
        return [
            handover.compose(connection, harness.context, phone, row.subject, harness.clock.now)
            for row in harness.rows("notice")
            if row.phone == phone and row.topic == handover.TOPIC
        ]


def test_an_open_question_passes_to_the_new_agent(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    assert leave(harness) == 1
    asked = "Alerte: pour le site Kola, pas encore note: PEC octobre VUS 160."
    assert words(harness, NEW) == [f"{asked} Si exact repondez OUI, sinon NON."]
    harness.told("OUI", NEW)
    assert harness.report().values == {"VUS": 160}
    assert words(harness, NEW) == [None]


def test_it_passes_once_and_to_nobody_without_a_question(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    assert leave(harness) == 1
    assert leave(harness) == 0
    assert len(words(harness, NEW)) == 1
    harness.told("PEC 10 VUS 160", FANTA)
    assert leave(harness) == 0


def test_an_old_question_is_not_passed_on(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=73)
    assert leave(harness) == 0
    assert words(harness, NEW) == []


def test_her_own_question_comes_first(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.enrol((), (person(NEW, "asc", "KOLA"),))
    assert "OUI" in harness.told("PEC 09 VUS 160", NEW)
    assert leave(harness) == 0
    harness.told("OUI", NEW)
    assert harness.report(period="202609").values == {"VUS": 160}
    assert harness.report().values == {}


def test_what_waits_to_be_told_goes_to_the_new_agent(harness: Harness) -> None:
    now = harness.clock.now
    notice = NewNotice(
        "referral:1", AWA, "referral", now, now, text="Alerte", unit_id=harness.unit_id("KOLA")
    )
    other = NewNotice("x", AWA, "x", now, now, text="Alerte", unit_id=harness.unit_id("TENE"))
    with harness.engine.begin() as connection:
        add_notices(connection, [notice, other], now)
    leave(harness)
    assert {row.key: row.phone for row in harness.rows("notice")} == {"referral:1": NEW, "x": AWA}


def test_nobody_there_leaves_it_where_it_is(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    with harness.engine.begin() as connection:
        assert handover.hand_over(connection, "202611", harness.clock.now) == 0
    assert harness.report(period=OCTOBER).pending["VUS"].value == 160
    assert leave(harness) == 1


def test_who_leaves_with_a_later_month_is_asked_until_then(harness: Harness) -> None:
    people = (person(AWA, "asc", "KOLA", active=False), person(NEW, "asc", "KOLA"))
    harness.enrol((), people, since="202612")
    harness.clock.now = datetime(2026, 11, 30, 20, tzinfo=UTC)
    harness.told("PEC 11 VUS 160")
    assert due(harness) == 0
    harness.clock.advance(hours=5)
    assert due(harness) == 1
    assert due(harness) == 0
    harness.told("OUI", NEW)
    assert harness.report(period="202611").values == {"VUS": 160}


def due(harness: Harness) -> int:
    """What the clock does about it now; how many questions passed on."""
    with harness.engine.begin() as connection:
        return handover.hand_over_due(connection, harness.context, harness.clock.now)
