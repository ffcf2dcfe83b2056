"""Tests of the versions of reports: what changed, by which message."""

from sqlalchemy import select

from gateway.storage import versions
from gateway.storage.tables import inbox
from gateway.storage.versions import Change
from tests.gateway.harness import AWA, FANTA, Harness


def test_a_message_is_known_by_what_it_changed(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    harness.told("PEC 10 FIE 38", AWA)
    key = harness.report().key
    with harness.engine.begin() as connection:
        first, second = connection.scalars(select(inbox.c.id).order_by(inbox.c.id))
        assert versions.changes_of(connection, first) == [Change(key, 1, {}, {})]
        assert versions.changes_of(connection, second) == [Change(key, 2, {"VUS": 45}, {})]
        assert versions.changes_of(connection, second + 1) == []
        assert versions.last_changing_message(connection, 1) == second
        assert versions.last_changing_message(connection, 2) is None


def test_texts_that_brought_a_version(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    harness.told("bonjour", AWA)
    report = harness.report()
    with harness.engine.begin() as connection:
        filed, other = connection.scalars(select(inbox.c.text_hash).order_by(inbox.c.id))
        found = versions.texts_filed(connection, [report.id], [filed, other])
        assert found == {(report.id, filed)}
        assert versions.texts_filed(connection, [report.id + 1], [filed]) == set()


def test_unfinished_reports_of_a_providers_messages(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    harness.told("PEC 10 VUS 45", FANTA)
    with harness.engine.begin() as connection:
        provider = connection.scalars(select(inbox.c.provider)).first()
        assert provider is not None
        ask = versions.changed_and_unfinished
        assert ask(connection, provider, AWA) == [harness.report("KOLA").key]
        assert ask(connection, provider, f"{AWA}-9") == []
        assert ask(connection, "other", AWA) == []
