"""Who has not reported is reminded once, and who has is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from gateway.notifications import reminders
from gateway.outbound import notifications, replies
from gateway.outbound.notifications import Composer
from menus.gsm7 import parts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    OUMAR,
    PEC,
    SIRA,
    Harness,
    killed_at,
    person,
    unit,
)
from tests.gateway.outbound.test_notifications import Operator
from workers.notification_topics import COMPOSERS, OPTIONAL

FIRST = datetime(2026, 11, 1, 8, tzinfo=UTC)
FOURTH = datetime(2026, 11, 4, 8, tzinfo=UTC)
SIXTH = datetime(2026, 11, 6, 8, tzinfo=UTC)
HEAD_OF_THE_DISTRICT = "+22370000201"


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    made = Harness(engine, catalogue)
    made.enrol((), (person(HEAD_OF_THE_DISTRICT, "district", "DUGU"),))
    return made


def run(harness: Harness, now: datetime) -> list[tuple[str, str]]:
    """What the calendar has sent at this moment: to whom, and what."""
    harness.clock.now = now
    reminders.queue_due(harness.engine, harness.context, now)
    replies.send_due(harness.engine, Operator(), harness.clock)
    operator = Operator()
    notifications.send_due(
        harness.engine, operator, Composer(harness.context, COMPOSERS, OPTIONAL), harness.clock
    )
    return sorted(operator.sent)


def whole(harness: Harness, phone: str = AWA) -> None:
    """Everything of October from one site, all zero but for the stock."""
    for text in (PEC, "NUT 10 RAS", "oui", "SMI 10 RAS", "oui"):
        harness.told(text, phone)
    codes = harness.catalogue.forms["STK"].codes
    harness.told(f"STK 10 {' '.join(f'{code} 9' for code in codes)}", phone)


def phones(sent: list[tuple[str, str]]) -> list[str]:
    return [phone for phone, _ in sent]


def test_agents_are_reminded_before_the_last_day_and_on_it(harness: Harness) -> None:
    sent = run(harness, FIRST)
    assert phones(sent) == [AWA, FANTA, ISSA, SIRA, OUMAR]
    assert sent[0][1] == (
        "Rappel: rapport octobre, il manque PEC, NUT, SMI et STK. "
        "Envoyez-le des que possible. Pour les codes: AIDE et le nom du rapport."
    )
    assert run(harness, FIRST + timedelta(hours=1)) == []
    assert phones(run(harness, FIRST + timedelta(days=2))) == [AWA, FANTA, ISSA, SIRA, OUMAR]


def test_who_works_at_two_sites_gets_one_reminder_of_both(harness: Harness) -> None:
    texts = dict(run(harness, FIRST))
    assert texts[OUMAR].startswith("Rappel: rapport octobre, il manque Kola tout; Tene tout.")


def test_who_has_reported_is_left_alone(harness: Harness) -> None:
    harness.clock.now = FIRST - timedelta(hours=2)
    whole(harness)
    sent = dict(run(harness, FIRST))
    assert AWA not in sent
    assert "Kola" not in sent[OUMAR]


def test_who_reports_while_reminders_wait_is_left_alone(harness: Harness) -> None:
    harness.clock.now = FIRST
    reminders.queue_due(harness.engine, harness.context, FIRST)
    whole(harness)
    assert AWA not in phones(run(harness, FIRST + timedelta(minutes=10)))
    assert ("dropped", "pointless") in [(row.state, row.reason) for row in harness.rows("notice")]


def test_the_head_is_told_names_the_day_after(harness: Harness) -> None:
    harness.clock.now = FIRST - timedelta(hours=2)
    whole(harness)
    harness.told(PEC, FANTA)
    ((phone, text),) = run(harness, FOURTH)
    assert phone == NANA
    assert text == (
        "Rappel: rapports octobre, il manque encore Sirakoro tout; Tene NUT SMI STK. "
        "Les rappeler tous: RELANCE."
    )


def test_the_district_is_told_numbers_later(harness: Harness) -> None:
    harness.clock.now = FIRST - timedelta(hours=2)
    whole(harness)
    (_, (phone, text)) = run(harness, SIXTH)
    assert phone == HEAD_OF_THE_DISTRICT
    assert text == (
        "Rappel: rapports octobre, sites complets 1 sur 4. Il manque: Kani 2 sur 3; "
        "Dugu 1 sur 1. Detail: MANQ."
    )


def test_a_long_list_is_cut_to_two_parts(harness: Harness) -> None:
    sites = [unit(f"GRANDVILLAGE{number:02}", "site", "KANI") for number in range(30)]
    agents = [person(f"+223700010{number:02}", "asc", one.code) for number, one in enumerate(sites)]
    harness.enrol(sites, agents)
    text = dict(run(harness, FOURTH))[NANA]
    assert text.endswith("La suite: MANQ.")
    assert len(parts(text)) == 2


def test_a_clock_that_was_down_for_days_sends_no_old_reminders(harness: Harness) -> None:
    assert run(harness, FIRST + timedelta(days=1)) == []
    assert phones(run(harness, SIXTH)) == [NANA, HEAD_OF_THE_DISTRICT]
    assert run(harness, SIXTH + timedelta(days=7)) == []


def test_what_was_queued_and_not_sent_in_its_time_is_not_sent(harness: Harness) -> None:
    reminders.queue_due(harness.engine, harness.context, FIRST)
    assert run(harness, FIRST + timedelta(hours=25)) == []
    assert {row.reason for row in harness.rows("notice")} == {"expired"}


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reminders, "UNITS", 1)
    return


@pytest.mark.usefixtures("in_small_steps")
def test_a_clock_that_dies_goes_on_where_it_stopped(harness: Harness) -> None:
    with killed_at(harness.engine, "INSERT INTO outbox"):
        reminders.queue_due(harness.engine, harness.context, FIRST)
    assert reminders.queue_due(harness.engine, harness.context, FIRST) == 5
    assert reminders.queue_due(harness.engine, harness.context, FIRST) == 0


def test_a_second_clock_queues_nothing_twice(harness: Harness) -> None:
    queued = []

    def meanwhile(_: object, __: object, statement: str, *rest: object) -> None:
        if "UPDATE runs" in statement and not queued:
            queued.append(0)
            queued.append(reminders.queue_due(second.engine, second.context, FIRST))

    second = harness
    if harness.engine.dialect.name == "postgresql":
        event.listen(harness.engine, "before_cursor_execute", meanwhile)
    first = reminders.queue_due(harness.engine, harness.context, FIRST)
    assert first == 5
    assert sum(queued) == 0
    assert len(harness.rows("notice")) == 5
