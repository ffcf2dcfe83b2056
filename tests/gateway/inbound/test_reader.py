"""Holds up: every message is kept, read once and answered once, whatever breaks on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from gateway.conversation.interpretation import House
from gateway.inbound import reader
from gateway.storage.engine import connect, reading
from gateway.storage.inbox import FAILED, READ
from gateway.storage.tables import inbox
from gateway.transports.africastalking_posts import InboundSms
from menus import gsm7
from menus.model.catalogue import Catalogue, Form
from tests.gateway.harness import (
    AWA,
    BAMAKO,
    FANTA,
    ISSA,
    NANA,
    NOON,
    PEC,
    SIRA,
    STRANGER,
    Clock,
    Pipes,
    killed_at,
    person,
)


class Torn(dict[str, Form]):
    """Forms of which one cannot be opened: a fault of ours that one kind of message meets."""

    def __getitem__(self, keyword: str) -> Form:
        if keyword == "NUT":
            raise ZeroDivisionError("torn")
        return super().__getitem__(keyword)


def torn(catalogue: Catalogue) -> House:
    return House(replace(catalogue, forms=Torn(catalogue.forms)), BAMAKO)


# --- At the door


def sms(provider_id: str, *, phone: str = AWA, sent: datetime | None = NOON) -> InboundSms:
    return InboundSms(provider_id, phone, "36000", "PEC 10 VUS 45", sent, "61002", "")


def test_a_message_is_kept_once_however_often_it_comes(engine: Engine) -> None:
    assert reader.accept(engine, b"key", sms("a"), NOON)
    assert not reader.accept(engine, b"key", sms("a"), NOON + timedelta(hours=1))
    assert reader.accept(engine, b"key", sms("b"), NOON)
    with reading(engine) as connection:
        rows = connection.execute(select(inbox).order_by(inbox.c.id)).all()
    assert [(row.provider_id, row.received_at, row.state) for row in rows] == [
        ("a", NOON, "new"),
        ("b", NOON, "new"),
    ]


SENT = {
    NOON - timedelta(days=40): NOON - timedelta(days=40),
    NOON + timedelta(hours=1): NOON + timedelta(hours=1),
    NOON + timedelta(hours=1, seconds=1): NOON,
    None: NOON,
}
SENDERS = {"22370000001": AWA, AWA: AWA, "36777": "36777", "Orange" * 9: "Orange" * 6 + "Oran"}


def test_the_operators_date_counts_while_it_can_be_true(engine: Engine) -> None:
    for number, said in enumerate(SENT):
        reader.accept(engine, b"key", sms(f"{number}", sent=said), NOON)
    with reading(engine) as connection:
        kept = connection.scalars(select(inbox.c.sent_at).order_by(inbox.c.id)).all()
    assert kept == list(SENT.values())


def test_senders_are_kept_in_one_spelling(engine: Engine) -> None:
    for number, phone in enumerate(SENDERS):
        reader.accept(engine, b"key", sms(f"{number}", phone=phone), NOON)
    with reading(engine) as connection:
        kept = connection.scalars(select(inbox.c.phone).order_by(inbox.c.id)).all()
    assert kept == list(SENDERS.values())


# --- One message, one answer


TEXTS = (
    PEC, "PEC 10 VUS 4500", "PEC 12 VUS 1", "Bonjour", "", "   ", "\U0001f600" * 70, "1" * 10_000,
    "PEC 10 " + "VUS 45 " * 1500, "\N{REPLACEMENT CHARACTER}", "OUI", "MANQ", "\x01\x1b\x7f",
    "\N{LATIN SMALL LETTER OPEN E} \N{LATIN SMALL LETTER C WITH CEDILLA}a va?",
)  # fmt: skip


def test_every_message_of_a_person_has_one_answer_in_gsm7(pipes: Pipes) -> None:
    for text in TEXTS:
        answer = pipes.told(text)
        assert answer
        assert gsm7.is_gsm7(answer)
        assert len(gsm7.parts(answer)) <= 2
    assert list(pipes.inbox_states().values()) == [READ] * len(TEXTS)


def test_a_whole_batch_of_different_people(pipes: Pipes) -> None:
    for phone in (AWA, FANTA, ISSA, SIRA, NANA, STRANGER):
        pipes.receive(PEC, phone)
    assert pipes.read() == 6
    assert pipes.waiting() == 0
    assert sorted(row.phone for row in pipes.rows("reply")) == sorted(
        [AWA, FANTA, ISSA, SIRA, NANA, STRANGER]
    )
    assert {version.version for version in pipes.versions()} == {1}
    assert len(pipes.versions()) == 4
    assert pipes.answers(NANA)[0].startswith("Pour quel site?")
    assert pipes.read() == 0


def test_a_stranger_is_answered_once_a_day_and_told_nothing(pipes: Pipes) -> None:
    pipes.told(PEC)
    for _ in range(3):
        pipes.receive(PEC, STRANGER)
    pipes.read()
    (answer,) = pipes.answers(STRANGER)
    assert not any(letter.isdigit() for letter in answer)
    assert "KANI" not in answer.upper()
    pipes.clock.advance(hours=11, minutes=59)
    pipes.receive(PEC, STRANGER)
    pipes.read()
    assert len(pipes.answers(STRANGER)) == 1
    pipes.clock.advance(minutes=1)
    pipes.receive(PEC, STRANGER)
    pipes.read()
    assert len(pipes.answers(STRANGER)) == 2
    assert len(pipes.versions()) == 1
    assert pipes.counted()["strangers"] == 5


def test_what_is_no_persons_phone_is_never_answered(pipes: Pipes) -> None:
    for phone in ("36777", "Orange", "+22336777000"):
        pipes.receive("Votre solde", phone)
    assert pipes.read() == 3
    assert [row.phone for row in pipes.rows("reply")] == ["+22336777000"]


def test_beyond_the_daily_cap_messages_are_kept_but_not_answered(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, replies_per_day=3)
    pipes = Pipes(engine, replace(catalogue, programme=programme))
    for number in range(5):
        pipes.receive(f"PEC 10 VUS {40 + number}")
    pipes.read()
    assert len(pipes.answers(AWA)) == 3
    assert pipes.report().values == {"VUS": 44}
    assert len(pipes.versions()) == 5
    assert pipes.counted()["unanswered"] == 2
    pipes.clock.now = datetime(2026, 11, 5, tzinfo=UTC)
    assert pipes.told("PEC 10 FIE 1")


# --- In which order


def test_one_phones_messages_are_read_in_the_order_of_sending(pipes: Pipes) -> None:
    pipes.receive("PEC 10 VUS 47", sent=NOON - timedelta(minutes=1))
    pipes.receive("PEC 10 VUS 45", sent=NOON - timedelta(minutes=3))
    pipes.receive("PEC 10 VUS 46", sent=NOON - timedelta(minutes=2))
    pipes.read()
    assert [version.values["VUS"] for version in pipes.versions()] == [45, 46, 47]
    assert ["45" in one or "46" in one for one in pipes.answers(AWA)] == [True, True, False]


def test_also_when_there_are_more_than_one_batch_takes(pipes: Pipes) -> None:
    more = reader.BATCH + 20
    for number in range(more):
        pipes.receive(f"PEC 10 VUS {number}", sent=NOON - timedelta(minutes=number))
    assert pipes.read() == more
    assert [version.values["VUS"] for version in pipes.versions()] == [*reversed(range(more))]
    assert pipes.report().values == {"VUS": 0}


def test_a_message_of_another_phone_that_comes_late_fills_gaps_only(pipes: Pipes) -> None:
    pipes.enrol((), (person("+22370000009", "asc", "KOLA"),))
    pipes.told("PEC 10 VUS 45")
    answer = pipes.told("PEC 10 VUS 50 FIE 38", "+22370000009", sent=NOON - timedelta(hours=1))
    assert pipes.report().values == {"VUS": 45, "FIE": 38}
    assert "50" not in answer


def test_who_she_was_is_judged_by_the_month_of_sending(pipes: Pipes) -> None:
    pipes.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    pipes.receive("PEC 10 VUS 45", sent=datetime(2026, 10, 31, 12, tzinfo=UTC))
    pipes.read()
    assert pipes.report().values == {"VUS": 45}
    pipes.receive("PEC 10 VUS 46")
    pipes.read()
    assert pipes.report().values == {"VUS": 45}
    assert pipes.counted()["strangers"] == 1


MONTHS = {
    "PEC 09 VUS 45": ("PEC sept ", ["202609"]),
    "PEC 08 VUS 45": ("ferme", ["202609"]),
    "PEC 11 VUS 45": ("pas encore ouvert", ["202609"]),
    "PEC 12 VUS 45": ("Ce mois", ["202609"]),
    "PEC VUS 45": ("PEC oct ", ["202609", "202610"]),
}


def test_months(pipes: Pipes) -> None:
    for text, (said, stored) in MONTHS.items():
        assert said in pipes.told(text)
        assert pipes.periods() == stored


# --- What breaks


@pytest.mark.parametrize("words", ["INSERT INTO outbox", "INSERT INTO tallies", "UPDATE inbox"])
def test_a_batch_that_dies_has_changed_nothing(pipes: Pipes, words: str) -> None:
    pipes.receive(PEC)
    pipes.receive("PEC 10 VUS 46", FANTA)
    with killed_at(pipes.engine, words):
        pipes.read()
    assert pipes.waiting() == 2
    assert (pipes.rows("reply"), pipes.rows("dhis2"), pipes.versions()) == ([], [], [])
    assert pipes.counted() == {}
    assert pipes.read() == 2
    assert (len(pipes.rows("reply")), len(pipes.versions())) == (2, 2)


def test_a_poison_message_does_not_hold_up_its_batch(pipes: Pipes) -> None:
    house = torn(pipes.catalogue)
    before, poison, after = (
        pipes.receive("PEC 10 VUS 45"), pipes.receive("NUT 10 DEP 5"), pipes.receive("PEC 10 FIE 3")
    )  # fmt: skip
    reader.read_inbox(pipes.engine, house, pipes.clock)
    assert pipes.inbox_states() == {before: READ, poison: FAILED, after: READ}
    assert pipes.report().values == {"VUS": 45, "FIE": 3}
    assert len(pipes.answers(AWA)) == 3
    assert sum("panne chez nous" in one for one in pipes.answers(AWA)) == 1
    assert pipes.counted()["failed"] == 1
    assert pipes.counted()["read"] == 3
    with reading(pipes.engine) as connection:
        query = select(inbox.c.text).where(inbox.c.id == poison)
        assert connection.execute(query).scalar_one() == "NUT 10 DEP 5"


def test_a_fault_that_passes_costs_no_message(pipes: Pipes) -> None:
    class Passing(Torn):
        left = reader.TRIES - 1

        def __getitem__(self, keyword: str) -> Form:
            if keyword == "NUT" and Passing.left:
                Passing.left -= 1
                raise ZeroDivisionError("torn")
            return dict.__getitem__(self, keyword)

    pipes.receive("NUT 10 DEP 5")
    catalogue = replace(pipes.catalogue, forms=Passing(pipes.catalogue.forms))
    reader.read_inbox(pipes.engine, House(catalogue, BAMAKO), pipes.clock)
    assert set(pipes.inbox_states().values()) == {READ}
    assert pipes.report(form="NUT").values == {"DEP": 5}
    assert len(pipes.answers(AWA)) == 1


def test_a_loop_of_poison_is_answered_no_more_often_than_a_day_allows(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, replies_per_day=2)
    pipes = Pipes(engine, replace(catalogue, programme=programme))
    for number in range(4):
        pipes.receive(f"NUT 10 DEP {number}")
    reader.read_inbox(pipes.engine, torn(pipes.catalogue), pipes.clock)
    assert set(pipes.inbox_states().values()) == {FAILED}
    assert len(pipes.answers(AWA)) == 2


def test_singly_too_in_the_order_of_sending(pipes: Pipes) -> None:
    pipes.receive("NUT 10 DEP 5")
    pipes.receive("PEC 10 VUS 47", sent=NOON - timedelta(minutes=1))
    pipes.receive("PEC 10 VUS 45", sent=NOON - timedelta(minutes=3))
    reader.read_inbox(pipes.engine, torn(pipes.catalogue), pipes.clock)
    assert [version.values["VUS"] for version in pipes.versions()] == [45, 47]


# --- Several readers, and time


def crowd(pipes: Pipes) -> dict[str, list[int]]:
    """Thirty messages of each of several people, in changing order; what each sent, in order."""
    sent: dict[str, list[int]] = {}
    numbers = count(1)
    for turn in range(30):
        for phone in (AWA, FANTA, ISSA, SIRA):
            sent.setdefault(phone, []).append(turn)
            at = NOON - timedelta(hours=1) + timedelta(seconds=next(numbers))
            pipes.receive(f"PEC 10 VUS {turn}", phone, sent=at)
    return sent


def test_two_readers_read_each_message_once_and_in_order(
    postgresql_url: str, catalogue: Catalogue
) -> None:
    engines = [connect(postgresql_url), connect(postgresql_url)]
    pipes = Pipes(engines[0], catalogue)
    sent = crowd(pipes)
    together = Barrier(2)

    def read(engine: Engine) -> int:
        together.wait(10)
        return reader.read_inbox(engine, pipes.house, Clock())

    with ThreadPoolExecutor(2) as pool:
        total = sum(pool.map(read, engines))
    # Whoever finds every lane taken leaves; the other one reads on.
    total += pipes.read()
    assert total == 120
    assert pipes.counted()["read"] == 120
    assert len({row.inbox_id for row in pipes.rows("reply")}) == 120
    by_phone: dict[str, list[int]] = {}
    messages = {row.inbox_id: row.values["VUS"] for row in pipes.versions()}
    for row in pipes.rows("reply"):
        by_phone.setdefault(row.phone, []).append(messages[row.inbox_id])
    assert by_phone == sent
    for engine in engines:
        engine.dispose()


def test_a_reader_stops_between_rounds_when_its_time_is_over(pipes: Pipes) -> None:
    for number in range(reader.BATCH + 5):
        pipes.receive(f"PEC 10 VUS {number}")
    assert reader.read_inbox(pipes.engine, pipes.house, pipes.clock, until=NOON) == reader.BATCH
    assert pipes.waiting() == 5
    assert pipes.read() == 5


def test_a_database_that_is_away_is_no_poison(pipes: Pipes) -> None:
    pipes.receive(PEC)

    def refuse(*_: Any) -> None:
        raise ConnectionError("away")

    event.listen(pipes.engine, "before_cursor_execute", refuse)
    with pytest.raises(ConnectionError):
        pipes.read()
    event.remove(pipes.engine, "before_cursor_execute", refuse)
    with reading(pipes.engine) as connection:
        assert connection.execute(select(inbox.c.attempts)).scalar_one() == 0
    assert pipes.read() == 1
