"""Tests of validated reports, and of those that are still open."""

from dataclasses import replace

from gateway.model.report import Waiting, Why
from gateway.storage import reports, validations
from tests.gateway.harness import NOON, OCTOBER, Harness
from tests.gateway.storage.report_rows import store


def test_a_report_is_validated_once(harness: Harness) -> None:
    open_one = store(harness, "KOLA")
    done = store(harness, "TENE", validated_at=NOON, validated_by=3)
    empty = store(harness, "SIRAKORO", version=0)
    gone = store(harness, "LONE", withdrawn=True)
    ids = [report.id for report in (done, open_one, empty, gone)]
    with harness.engine.begin() as connection:
        assert validations.mark(connection, ids, 7, NOON) == [open_one.key]
        assert validations.mark(connection, ids, None, NOON) == []
        found = reports.load(connection, [open_one.key, done.key])
    assert found[open_one.key] == replace(open_one, validated_at=NOON, validated_by=7)
    assert found[done.key] == done


def test_those_that_are_open_and_in_order(harness: Harness) -> None:
    waiting = {"VUS": Waiting(160, None, (1, 2), next(iter(Why)))}
    complete = store(harness, "KOLA")
    partial = store(harness, "TENE", complete=False)
    parked = store(harness, "SIRAKORO", pending=waiting)
    old = store(harness, "KOLA", period="202609")
    store(harness, "LONE", validated_at=NOON)

    def still_open(months: list[str], in_order: list[str], most: int = 9) -> list[tuple[int, int]]:
        with harness.engine.begin() as connection:
            return validations.still_open(connection, months, in_order, most)

    every = [(report.id, report.site_id) for report in (complete, partial, parked)]
    assert still_open([OCTOBER], []) == every
    assert still_open([OCTOBER], [], 2) == every[:2]
    assert still_open([], [OCTOBER]) == every[:1]
    assert still_open(["202609"], [OCTOBER]) == [every[0], (old.id, old.site_id)]
