"""A unit of work sees what it has changed, by SQL too, and writes all of it at its end."""

from dataclasses import replace

from sqlalchemy import func, select

from gateway.storage import conversations, reports
from gateway.storage.conversations import Conversation
from gateway.storage.engine import reading
from gateway.storage.outbox_sms import NewReply
from gateway.storage.tables import reports as table
from tests.gateway.dialling import statements
from tests.gateway.harness import AWA, NOON, OCTOBER, PEC, Harness
from tests.gateway.units_of_work import unit_of_work


def reply(message_id: int) -> NewReply:
    return NewReply(f"reply:{message_id}", AWA, "Recu.", 1, message_id, None, None, None)


def test_a_statement_sees_a_report_that_was_put_before_it(harness: Harness) -> None:
    key = (harness.unit_id("KOLA"), "PEC", OCTOBER)
    with unit_of_work(harness, "KOLA") as uow:
        uow.put(replace(uow.reports.get_or_blank(key, NOON), pending={}, late=True))
        stored = reports.load(uow.connection, [key])[key]
        assert stored.late
        assert uow.connection.scalar(select(func.count()).select_from(table)) == 1
        uow.put(replace(stored, late=False))
        assert not reports.load(uow.connection, [key])[key].late


def test_reports_that_are_put_are_held_back_until_a_statement(harness: Harness) -> None:
    key = (harness.unit_id("KOLA"), "PEC", OCTOBER)
    with unit_of_work(harness, "KOLA") as uow:
        blank = uow.reports.get_or_blank(key, NOON)
        uow.history.of(key[0])
        with statements(harness.engine) as asked:
            for late in (True, False, True):
                uow.put(replace(blank, late=late))
        assert asked == []


def test_the_history_has_a_report_that_was_put(harness: Harness) -> None:
    key = (harness.unit_id("KOLA"), "PEC", OCTOBER)
    with unit_of_work(harness, "KOLA") as uow:
        uow.put(replace(uow.reports.get_or_blank(key, NOON), values={"VUS": 45}))
        assert uow.history.of(key[0]).values == {("PEC", OCTOBER): {"VUS": 45}}


def test_the_end_writes_everything_once(harness: Harness) -> None:
    message_id = harness.receive(PEC)
    key = (harness.unit_id("KOLA"), "PEC", OCTOBER)
    with unit_of_work(harness, "KOLA") as uow:
        uow.put(replace(uow.reports.get_or_blank(key, NOON), values={"VUS": 45}))
        uow.reports.forward_again([key])
        uow.conversations.put(Conversation(1, NOON))
        uow.outgoing.add_reply(reply(message_id))
        uow.counters["read"] += 2
        uow.finish()
    # The end of `unit_of_work` is a second one: a reply or count written again would fail or add.
    assert harness.report().values == {"VUS": 45}
    assert [row.text for row in harness.rows("reply")] == ["Recu."]
    assert [row.revision for row in harness.rows("dhis2")] == [1]
    assert harness.counted() == {"read": 2}
    with reading(harness.engine) as connection:
        assert conversations.load(connection, [1]) == {1: Conversation(1, NOON)}


def test_reports_and_what_their_rules_compare_are_looked_up_together(harness: Harness) -> None:
    site = harness.unit_id("KOLA")
    keys = [(site, form, OCTOBER) for form in harness.catalogue.forms]
    with unit_of_work(harness, "KOLA") as uow:
        uow.prefetch(keys, ["some text"])
        with statements(harness.engine) as asked:
            for key in keys:
                uow.reports.get(key)
                uow.history.of(site)
                uow.history.referred(site, OCTOBER)
        assert asked == []
