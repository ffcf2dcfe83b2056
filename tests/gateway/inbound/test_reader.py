"""Every message is read once and answered once, whatever breaks on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from gateway.context import Context
from gateway.conversation.senders import Senders
from gateway.inbound import reader
from gateway.storage.engine import connect, reading
from gateway.storage.inbox import FAILED, READ
from gateway.storage.tables import inbox
from menus import gsm7
from menus.model.catalogue import Catalogue, Form
from menus.reading.chosen import reading_of
from menus.reading.parser import read
from tests.gateway.harness import (
    AWA,
    BAMAKO,
    FANTA,
    ISSA,
    NANA,
    NOON,
    OUMAR,
    PEC,
    SIRA,
    STRANGER,
    Clock,
    Harness,
    killed_at,
    person,
)
from tests.gateway.stock_rows import open_codes
from tests.gateway.units_of_work import calls_of, received


class Torn(dict[str, Form]):
    """Forms of which one cannot be opened: a fault of ours that one kind of message meets."""

    def __getitem__(self, keyword: str) -> Form:
        if keyword == "NUT":
            raise ZeroDivisionError("torn")
        return super().__getitem__(keyword)


def torn(catalogue: Catalogue) -> Context:
    return Context(replace(catalogue, forms=Torn(catalogue.forms)), BAMAKO)


# --- One message, one answer


TEXTS = (
    PEC, "PEC 10 VUS 4500", "PEC 12 VUS 1", "Bonjour", "", "   ", "\U0001f600" * 70, "1" * 10_000,
    "PEC 10 " + "VUS 45 " * 1500, "\N{REPLACEMENT CHARACTER}", "OUI", "MANQ", "\x01\x1b\x7f",
    "\N{LATIN SMALL LETTER OPEN E} \N{LATIN SMALL LETTER C WITH CEDILLA}a va?",
)  # fmt: skip


def test_every_message_of_a_person_has_one_answer_in_gsm7(harness: Harness) -> None:
    for text in TEXTS:
        answer = harness.told(text)
        assert answer
        assert gsm7.is_gsm7(answer)
        assert len(gsm7.parts(answer)) <= 2
    assert list(harness.inbox_states().values()) == [READ] * len(TEXTS)


def test_a_whole_batch_of_different_people(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA, SIRA, NANA, STRANGER):
        harness.receive(PEC, phone)
    assert harness.read() == 6
    assert harness.waiting() == 0
    assert sorted(row.phone for row in harness.rows("reply")) == sorted(
        [AWA, FANTA, ISSA, SIRA, NANA, STRANGER]
    )
    assert {version.version for version in harness.versions()} == {1}
    assert len(harness.versions()) == 4
    assert harness.answers(NANA)[0].startswith("Pour quel site?")
    assert harness.read() == 0


def test_a_stranger_is_answered_once_a_day_and_told_nothing(harness: Harness) -> None:
    harness.told(PEC)
    for _ in range(3):
        harness.receive(PEC, STRANGER)
    harness.read()
    (answer,) = harness.answers(STRANGER)
    assert not any(letter.isdigit() for letter in answer)
    assert "KANI" not in answer.upper()
    harness.clock.advance(hours=11, minutes=59)
    harness.receive(PEC, STRANGER)
    harness.read()
    assert len(harness.answers(STRANGER)) == 1
    harness.clock.advance(minutes=1)
    harness.receive(PEC, STRANGER)
    harness.read()
    assert len(harness.answers(STRANGER)) == 2
    assert len(harness.versions()) == 1
    assert harness.counted()["strangers"] == 5


def test_what_is_no_persons_phone_is_never_answered(harness: Harness) -> None:
    for phone in ("36777", "Orange", "+22336777000"):
        harness.receive("Votre solde", phone)
    assert harness.read() == 3
    assert [row.phone for row in harness.rows("reply")] == ["+22336777000"]


def test_beyond_the_daily_cap_messages_are_kept_but_not_answered(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, replies_per_day=3)
    harness = Harness(engine, replace(catalogue, programme=programme))
    for number in range(5):
        harness.receive(f"PEC 10 VUS {40 + number}")
    harness.read()
    assert len(harness.answers(AWA)) == 3
    assert harness.report().values == {"VUS": 44}
    assert len(harness.versions()) == 5
    assert harness.counted()["unanswered"] == 2
    harness.clock.now = datetime(2026, 11, 5, tzinfo=UTC)
    assert harness.told("PEC 10 FIE 1")


# --- In which order


def test_one_phones_messages_are_read_in_the_order_of_sending(harness: Harness) -> None:
    harness.receive("PEC 10 VUS 47", sent=NOON - timedelta(minutes=1))
    harness.receive("PEC 10 VUS 45", sent=NOON - timedelta(minutes=3))
    harness.receive("PEC 10 VUS 46", sent=NOON - timedelta(minutes=2))
    harness.read()
    assert [version.values["VUS"] for version in harness.versions()] == [45, 46, 47]
    lacks = (
        "Manque PEC FIE TDR POS CTA GRV ART IRA AMX DIA SRZ RFS DCD. Retard. Le reste est garde."
    )
    assert harness.answers(AWA) == [
        f"PEC oct INCOMPLET. No 2UQV. Vus{number}. {lacks}" for number in (45, 46, 47)
    ]


def test_also_when_there_are_more_than_one_batch_takes(harness: Harness) -> None:
    more = reader.BATCH + 20
    for number in range(more):
        harness.receive(f"PEC 10 VUS {number}", sent=NOON - timedelta(minutes=number))
    assert harness.read() == more
    assert [version.values["VUS"] for version in harness.versions()] == [*reversed(range(more))]
    assert harness.report().values == {"VUS": 0}


def test_a_message_of_another_phone_that_comes_late_fills_gaps_only(harness: Harness) -> None:
    harness.enrol((), (person("+22370000009", "asc", "KOLA"),))
    harness.told("PEC 10 VUS 45")
    answer = harness.told("PEC 10 VUS 50 FIE 38", "+22370000009", sent=NOON - timedelta(hours=1))
    assert harness.report().values == {"VUS": 45, "FIE": 38}
    assert answer == (
        "PEC oct INCOMPLET. No 2UQV. Vus45 Fievre38. Manque PEC TDR POS CTA GRV ART IRA AMX DIA SRZ "
        "RFS DCD. Retard. Le reste est garde."
    )


def test_the_sender_is_the_one_of_the_month_of_sending(harness: Harness) -> None:
    harness.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    harness.receive("PEC 10 VUS 45", sent=datetime(2026, 10, 31, 12, tzinfo=UTC))
    harness.read()
    assert harness.report().values == {"VUS": 45}
    harness.receive("PEC 10 VUS 46")
    harness.read()
    assert harness.report().values == {"VUS": 45}
    assert harness.counted()["strangers"] == 1


MONTHS = {
    "PEC 09 VUS 45": (None, ["202609"]),
    "PEC 08 VUS 45": ("month_closed", ["202609"]),
    "PEC 11 VUS 45": ("month_not_open", ["202609"]),
    "PEC 12 VUS 45": ("month_closed", ["202609"]),
    "PEC VUS 45": (None, ["202609", "202610"]),
}


def test_months(harness: Harness) -> None:
    for text, (problem, stored) in MONTHS.items():
        answer = harness.told(text)
        if problem is not None:
            assert answer == harness.says(problem)
        assert harness.periods() == stored


# --- Once


def test_each_message_is_read_and_understood_once(harness: Harness) -> None:
    """Also one whose conversation an earlier message of the batch has changed."""
    for text, phone in (
        ("PEC 10 VUS 160", AWA),
        ("OUI", AWA),
        ("COR FEI 36", AWA),
        (PEC, FANTA),
        ("POUR KOLA PEC 10 FIE 38", NANA),
        (PEC, STRANGER),
    ):
        harness.receive(text, phone)
    with calls_of(read, Senders.understand) as calls:
        assert harness.read() == 6
    assert calls == {"read": 5, "understand": 6}  # a stranger's text is not read
    assert harness.report().values == {"VUS": 160, "FIE": 38}


def test_a_command_from_a_screen_is_handled_in_the_callers_transaction(harness: Harness) -> None:
    message = received(harness, "RUPT ENF", OUMAR)
    chosen = reading_of("RUPT", ("ENF",), harness.catalogue)
    with harness.engine.begin() as connection:
        answer = reader.read_at_once(
            connection, harness.context, message, chosen, unit_codes={"TENE"}, now=NOON
        )
    assert answer.startswith("Rupture notee: ENF.")
    assert (open_codes(harness, "TENE"), open_codes(harness, "KOLA")) == ({"ENF"}, set())
    assert harness.inbox_states() == {message.id: READ}
    assert harness.rows("reply") == []


# --- What breaks


@pytest.mark.parametrize("words", ["INSERT INTO outbox", "INSERT INTO tallies", "UPDATE inbox"])
def test_a_batch_that_dies_has_changed_nothing(harness: Harness, words: str) -> None:
    harness.receive(PEC)
    harness.receive("PEC 10 VUS 46", FANTA)
    with killed_at(harness.engine, words):
        harness.read()
    assert harness.waiting() == 2
    assert (harness.rows("reply"), harness.rows("dhis2"), harness.versions()) == ([], [], [])
    assert harness.counted() == {}
    assert harness.read() == 2
    assert (len(harness.rows("reply")), len(harness.versions())) == (2, 2)


def test_a_poison_message_does_not_hold_up_its_batch(harness: Harness) -> None:
    context = torn(harness.catalogue)
    before, poison, after = (
        harness.receive("PEC 10 VUS 45"), harness.receive("NUT 10 DEP 5"), harness.receive("PEC 10 FIE 3")
    )  # fmt: skip
    reader.read_inbox(harness.engine, context, harness.clock)
    assert harness.inbox_states() == {before: READ, poison: FAILED, after: READ}
    assert harness.report().values == {"VUS": 45, "FIE": 3}
    assert len(harness.answers(AWA)) == 3
    assert harness.answers(AWA).count(harness.says("could_not_read")) == 1
    assert harness.counted()["failed"] == 1
    assert harness.counted()["read"] == 3
    with reading(harness.engine) as connection:
        query = select(inbox.c.text).where(inbox.c.id == poison)
        assert connection.execute(query).scalar_one() == "NUT 10 DEP 5"


def test_a_fault_that_passes_costs_no_message(harness: Harness) -> None:
    class Passing(Torn):
        left = reader.TRIES - 1

        def __getitem__(self, keyword: str) -> Form:
            if keyword == "NUT" and Passing.left:
                Passing.left -= 1
                raise ZeroDivisionError("torn")
            return dict.__getitem__(self, keyword)

    harness.receive("NUT 10 DEP 5")
    catalogue = replace(harness.catalogue, forms=Passing(harness.catalogue.forms))
    reader.read_inbox(harness.engine, Context(catalogue, BAMAKO), harness.clock)
    assert set(harness.inbox_states().values()) == {READ}
    assert harness.report(form="NUT").values == {"DEP": 5}
    assert len(harness.answers(AWA)) == 1


def test_a_loop_of_poison_is_answered_no_more_often_than_a_day_allows(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, replies_per_day=2)
    harness = Harness(engine, replace(catalogue, programme=programme))
    for number in range(4):
        harness.receive(f"NUT 10 DEP {number}")
    reader.read_inbox(harness.engine, torn(harness.catalogue), harness.clock)
    assert set(harness.inbox_states().values()) == {FAILED}
    assert len(harness.answers(AWA)) == 2


def test_singly_too_in_the_order_of_sending(harness: Harness) -> None:
    harness.receive("NUT 10 DEP 5")
    harness.receive("PEC 10 VUS 47", sent=NOON - timedelta(minutes=1))
    harness.receive("PEC 10 VUS 45", sent=NOON - timedelta(minutes=3))
    reader.read_inbox(harness.engine, torn(harness.catalogue), harness.clock)
    assert [version.values["VUS"] for version in harness.versions()] == [45, 47]


# --- Several readers, and time


def crowd(harness: Harness) -> dict[str, list[int]]:
    """Thirty messages of each of several people, in changing order; what each sent, in order."""
    sent: dict[str, list[int]] = {}
    numbers = count(1)
    for turn in range(30):
        for phone in (AWA, FANTA, ISSA, SIRA):
            sent.setdefault(phone, []).append(turn)
            at = NOON - timedelta(hours=1) + timedelta(seconds=next(numbers))
            harness.receive(f"PEC 10 VUS {turn}", phone, sent=at)
    return sent


def test_two_readers_read_each_message_once_and_in_order(
    postgresql_url: str, catalogue: Catalogue
) -> None:
    engines = [connect(postgresql_url), connect(postgresql_url)]
    harness = Harness(engines[0], catalogue)
    sent = crowd(harness)
    together = Barrier(2)

    def read(engine: Engine) -> int:
        together.wait(10)
        return reader.read_inbox(engine, harness.context, Clock())

    with ThreadPoolExecutor(2) as pool:
        total = sum(pool.map(read, engines))
    # A reader that finds every lane taken leaves; the other reads on.
    total += harness.read()
    assert total == 120
    assert harness.counted()["read"] == 120
    assert len({row.inbox_id for row in harness.rows("reply")}) == 120
    by_phone: dict[str, list[int]] = {}
    messages = {row.inbox_id: row.values["VUS"] for row in harness.versions()}
    for row in harness.rows("reply"):
        by_phone.setdefault(row.phone, []).append(messages[row.inbox_id])
    assert by_phone == sent
    for engine in engines:
        engine.dispose()


def test_a_reader_stops_between_rounds_when_its_time_is_over(harness: Harness) -> None:
    for number in range(reader.BATCH + 5):
        harness.receive(f"PEC 10 VUS {number}")
    assert (
        reader.read_inbox(harness.engine, harness.context, harness.clock, until=NOON)
        == reader.BATCH
    )
    assert harness.waiting() == 5
    assert harness.read() == 5


def test_a_database_that_is_away_is_no_poison(harness: Harness) -> None:
    harness.receive(PEC)

    def refuse(*_: Any) -> None:
        raise ConnectionError("away")

    event.listen(harness.engine, "before_cursor_execute", refuse)
    with pytest.raises(ConnectionError):
        harness.read()
    event.remove(harness.engine, "before_cursor_execute", refuse)
    with reading(harness.engine) as connection:
        assert connection.execute(select(inbox.c.attempts)).scalar_one() == 0
    assert harness.read() == 1
