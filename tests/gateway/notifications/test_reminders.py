"""Holds up: who has not reported is reminded once, and who has is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from gateway.notifications import reminders
from gateway.outbound import notifications, replies
from gateway.outbound.notifications import COMPOSERS, Teller
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
    Pipes,
    killed_at,
    person,
    unit,
)
from tests.gateway.outbound.test_notifications import Operator

FIRST = datetime(2026, 11, 1, 8, tzinfo=UTC)
FOURTH = datetime(2026, 11, 4, 8, tzinfo=UTC)
SIXTH = datetime(2026, 11, 6, 8, tzinfo=UTC)
HEAD_OF_THE_DISTRICT = "+22370000201"


@pytest.fixture
def pipes(engine: Engine, catalogue: Catalogue) -> Pipes:
    made = Pipes(engine, catalogue)
    made.enrol((), (person(HEAD_OF_THE_DISTRICT, "district", "DUGU"),))
    return made


def run(pipes: Pipes, now: datetime) -> list[tuple[str, str]]:
    """What the calendar has sent at this moment: to whom, and what."""
    pipes.clock.now = now
    reminders.queue_due(pipes.engine, pipes.house, now)
    replies.send_due(pipes.engine, Operator(), pipes.clock)
    operator = Operator()
    notifications.send_due(pipes.engine, operator, Teller(pipes.house, COMPOSERS), pipes.clock)
    return sorted(operator.sent)


def whole(pipes: Pipes, phone: str = AWA) -> None:
    """Everything of October from one site, all zero but for the stock."""
    for text in (PEC, "NUT 10 RAS", "oui", "SMI 10 RAS", "oui"):
        pipes.told(text, phone)
    codes = pipes.catalogue.forms["STK"].codes
    pipes.told(f"STK 10 {' '.join(f'{code} 9' for code in codes)}", phone)


def phones(sent: list[tuple[str, str]]) -> list[str]:
    return [phone for phone, _ in sent]


def test_agents_are_reminded_before_the_last_day_and_on_it(pipes: Pipes) -> None:
    sent = run(pipes, FIRST)
    assert phones(sent) == [AWA, FANTA, ISSA, SIRA, OUMAR]
    assert sent[0][1] == (
        "Rappel: rapport octobre, il manque PEC, NUT, SMI et STK. "
        "Envoyez-le des que possible. Pour les codes: AIDE et le nom du rapport."
    )
    assert run(pipes, FIRST + timedelta(hours=1)) == []
    assert phones(run(pipes, FIRST + timedelta(days=2))) == [AWA, FANTA, ISSA, SIRA, OUMAR]


def test_who_works_at_two_sites_gets_one_reminder_of_both(pipes: Pipes) -> None:
    texts = dict(run(pipes, FIRST))
    assert texts[OUMAR].startswith("Rappel: rapport octobre, il manque Kola tout; Tene tout.")


def test_who_has_reported_is_left_alone(pipes: Pipes) -> None:
    pipes.clock.now = FIRST - timedelta(hours=2)
    whole(pipes)
    sent = dict(run(pipes, FIRST))
    assert AWA not in sent
    assert "Kola" not in sent[OUMAR]


def test_who_reports_while_reminders_wait_is_left_alone(pipes: Pipes) -> None:
    pipes.clock.now = FIRST
    reminders.queue_due(pipes.engine, pipes.house, FIRST)
    whole(pipes)
    assert AWA not in phones(run(pipes, FIRST + timedelta(minutes=10)))
    assert ("dropped", "pointless") in [(row.state, row.reason) for row in pipes.rows("notice")]


def test_the_head_is_told_names_the_day_after(pipes: Pipes) -> None:
    pipes.clock.now = FIRST - timedelta(hours=2)
    whole(pipes)
    pipes.told(PEC, FANTA)
    ((phone, text),) = run(pipes, FOURTH)
    assert phone == NANA
    assert text == (
        "Rappel: rapports octobre, il manque encore Sirakoro tout; Tene NUT SMI STK. "
        "Les rappeler tous: RELANCE."
    )


def test_the_district_is_told_numbers_later(pipes: Pipes) -> None:
    pipes.clock.now = FIRST - timedelta(hours=2)
    whole(pipes)
    (_, (phone, text)) = run(pipes, SIXTH)
    assert phone == HEAD_OF_THE_DISTRICT
    assert text == (
        "Rappel: rapports octobre, sites complets 1 sur 4. Il manque: Kani 2 sur 3; "
        "Dugu 1 sur 1. Detail: MANQ."
    )


def test_a_long_list_is_cut_to_two_parts(pipes: Pipes) -> None:
    sites = [unit(f"GRANDVILLAGE{number:02}", "site", "KANI") for number in range(30)]
    agents = [person(f"+223700010{number:02}", "asc", one.code) for number, one in enumerate(sites)]
    pipes.enrol(sites, agents)
    text = dict(run(pipes, FOURTH))[NANA]
    assert text.endswith("La suite: MANQ.")
    assert len(parts(text)) == 2


def test_a_clock_that_was_down_for_days_sends_no_old_reminders(pipes: Pipes) -> None:
    assert run(pipes, FIRST + timedelta(days=1)) == []
    assert phones(run(pipes, SIXTH)) == [NANA, HEAD_OF_THE_DISTRICT]
    assert run(pipes, SIXTH + timedelta(days=7)) == []


def test_what_was_queued_and_not_sent_in_its_time_is_not_sent(pipes: Pipes) -> None:
    reminders.queue_due(pipes.engine, pipes.house, FIRST)
    assert run(pipes, FIRST + timedelta(hours=25)) == []
    assert {row.reason for row in pipes.rows("notice")} == {"expired"}


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reminders, "UNITS", 1)
    return


@pytest.mark.usefixtures("in_small_steps")
def test_a_clock_that_dies_goes_on_where_it_stopped(pipes: Pipes) -> None:
    with killed_at(pipes.engine, "INSERT INTO outbox"):
        reminders.queue_due(pipes.engine, pipes.house, FIRST)
    assert reminders.queue_due(pipes.engine, pipes.house, FIRST) == 5
    assert reminders.queue_due(pipes.engine, pipes.house, FIRST) == 0


def test_a_second_clock_queues_nothing_twice(pipes: Pipes) -> None:
    queued = []

    def meanwhile(_: object, __: object, statement: str, *rest: object) -> None:
        if "UPDATE runs" in statement and not queued:
            queued.append(0)
            queued.append(reminders.queue_due(second.engine, second.house, FIRST))

    second = pipes
    if pipes.engine.dialect.name == "postgresql":
        event.listen(pipes.engine, "before_cursor_execute", meanwhile)
    first = reminders.queue_due(pipes.engine, pipes.house, FIRST)
    assert first == 5
    assert sum(queued) == 0
    assert len(pipes.rows("notice")) == 5
