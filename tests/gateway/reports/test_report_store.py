"""Reports are filed only over what was read, under a lock, and read as they stand in the unit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from sqlalchemy import update

from gateway.model.receipt_numbers import receipts
from gateway.model.report import Key, Report
from gateway.reports.report_store import ReportStore, SiteNotLocked
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.engine import reading
from gateway.storage.inbox import text_hash
from gateway.storage.tables import reports
from gateway.storage.versions import Version
from tests.gateway.dialling import statements
from tests.gateway.harness import NOON, OCTOBER, PEC, PEC_VALUES, Harness
from tests.gateway.units_of_work import unit_of_work

HASH = text_hash(PEC, b"key")


@pytest.fixture
def uow(harness: Harness) -> Iterator[UnitOfWork]:
    """A unit of work that has locked Kola, of which a PEC is stored."""
    harness.told(PEC)
    with unit_of_work(harness, "KOLA") as made:
        yield made


def key_of(harness: Harness, form: str = "PEC", site: str = "KOLA") -> Key:
    return (harness.unit_id(site), form, OCTOBER)


def version_of(report: Report) -> Version:
    return Version(report.key, report.version, 1, 1, report.values, report.days_out, NOON, NOON)


def test_a_report_of_a_site_that_is_not_locked_cannot_be_put(
    harness: Harness, uow: UnitOfWork
) -> None:
    blank = uow.reports.get_or_blank(key_of(harness, site="TENE"), NOON)
    with pytest.raises(SiteNotLocked):
        uow.reports.put(blank)
    assert uow.reports.get(blank.key) is None


def test_a_report_that_was_not_looked_up_cannot_be_put(harness: Harness, uow: UnitOfWork) -> None:
    unread = replace(harness.report(), values={})
    with pytest.raises(LookupError, match="was not looked up"):
        uow.reports.put(unread)
    stored = uow.reports.get(unread.key)
    assert stored is not None
    assert stored.values == PEC_VALUES


def test_a_report_is_read_as_it_was_put(harness: Harness, uow: UnitOfWork) -> None:
    report = uow.reports.get(key_of(harness))
    assert report is not None
    uow.reports.put(replace(report, values={"VUS": 46}))
    assert uow.reports.get(report.key) == replace(report, values={"VUS": 46})


def test_what_was_never_stored_is_none_and_its_blank_the_same_each_time(
    harness: Harness, uow: UnitOfWork
) -> None:
    key = key_of(harness, "NUT")
    assert uow.reports.get(key) is None
    blank = uow.reports.get_or_blank(key, NOON)
    assert (blank.id, blank.version, blank.values) == (0, 0, {})
    assert blank.receipt == next(receipts(f"KOLA/NUT/{OCTOBER}"))
    assert uow.reports.get_or_blank(key, NOON) is blank


def test_a_receipt_that_the_site_has_given_is_not_given_again(harness: Harness) -> None:
    harness.told(PEC)
    first, second = islice(receipts(f"KOLA/NUT/{OCTOBER}"), 2)
    with harness.engine.begin() as connection:
        connection.execute(update(reports).values(receipt=first))
    with unit_of_work(harness, "KOLA") as uow:
        assert uow.reports.get_or_blank(key_of(harness, "NUT"), NOON).receipt == second


def test_a_text_is_known_once_it_brought_a_version(harness: Harness, uow: UnitOfWork) -> None:
    key, fresh = key_of(harness), text_hash("PEC 10 VUS 46", b"key")
    assert uow.reports.has_text(key, HASH)
    assert not uow.reports.has_text(key, fresh)
    report = uow.reports.get_or_blank(key, NOON)
    uow.reports.put(report, version_of(replace(report, version=2)), fresh)
    assert uow.reports.has_text(key, fresh)
    assert not uow.reports.has_text(key_of(harness, "NUT"), HASH)


def test_the_complete_forms_are_those_of_this_unit(harness: Harness, uow: UnitOfWork) -> None:
    report = uow.reports.get_or_blank(key_of(harness), NOON)
    assert uow.reports.complete_forms(report.site_id, OCTOBER) == {"PEC"}
    uow.reports.put(replace(report, complete=False))
    nut = uow.reports.get_or_blank(key_of(harness, "NUT"), NOON)
    uow.reports.put(replace(nut, complete=True))
    assert uow.reports.complete_forms(report.site_id, OCTOBER) == {"NUT"}


def test_a_new_version_is_forwarded_once_and_days_out_only_of_reports_with_numbers(
    harness: Harness, uow: UnitOfWork
) -> None:
    key, blank = key_of(harness), key_of(harness, "NUT")
    report = uow.reports.get_or_blank(key, NOON)
    uow.reports.put(report)
    assert uow.reports.take_forwards() == set()
    uow.reports.put(report, version_of(replace(report, version=2)), "text")
    assert uow.reports.take_forwards() == {key}
    assert uow.reports.take_forwards() == set()
    uow.reports.forward_again([key, blank])
    assert uow.reports.take_forwards() == {key}


def test_what_was_looked_up_together_asks_no_more(harness: Harness, uow: UnitOfWork) -> None:
    keys = [key_of(harness, form) for form in harness.catalogue.forms]
    with statements(harness.engine) as asked:
        uow.reports.prefetch(keys, [HASH])
        together = len(asked)
        for key in keys:
            uow.reports.get_or_blank(key, NOON)
            uow.reports.has_text(key, HASH)
        uow.reports.complete_forms(keys[0][0], OCTOBER)
    assert 0 < together <= 5
    assert len(asked) == together


def test_what_is_written_has_its_id_and_is_written_once(harness: Harness, uow: UnitOfWork) -> None:
    key = key_of(harness, "NUT")
    uow.reports.put(uow.reports.get_or_blank(key, NOON))
    uow.reports.write()
    written = uow.reports.get(key)
    assert written is not None
    assert written.id > 0
    with statements(harness.engine) as asked:
        uow.reports.write()
    assert asked == []


def test_unwritten_changes_are_not_looked_up_over(harness: Harness, uow: UnitOfWork) -> None:
    report = uow.reports.get_or_blank(key_of(harness), NOON)
    uow.reports.put(replace(report, late=not report.late))
    with pytest.raises(ValueError, match="unwritten changes"):
        uow.reports.refresh([report.key])
    uow.reports.write()
    uow.reports.refresh([report.key])
    assert uow.reports.get(report.key) == replace(report, late=not report.late)


def test_a_store_without_locks_reads_only(harness: Harness) -> None:
    harness.told(PEC)
    with reading(harness.engine) as connection:
        store = ReportStore(connection, harness.context, NOON, ())
        report = store.get(key_of(harness))
        assert report is not None
        with pytest.raises(SiteNotLocked):
            store.put(report)
