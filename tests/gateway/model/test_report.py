"""A report is the same in any order of its messages, and no number is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.report import (
    Filing,
    Report,
    Stamp,
    Status,
    Waiting,
    Why,
    drop,
    file,
    is_large,
    missing,
    restore,
    stamp,
    to_confirm,
)
from menus.model.catalogue import Catalogue, Form
from menus.model.reading import Filled
from tests.gateway.harness import PEC_VALUES

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 4, 13, tzinfo=UTC)
Said = dict[str, int]


def blank(form: str = "PEC") -> Report:
    return Report(7, form, "202610", "7K4P", received_at=NOW, changed_at=NOW)


def fill(form: Form, report: Report, at: int, values: Said, days_out: Said | None = None) -> Filing:
    """File a message sent at second `at`."""
    filled = Filled(form.keyword, values, days_out or {})
    return file(form, report, filled, (at * 1000, at), LATER)


def waits(report: Report) -> dict[str, tuple[int, int | None, Stamp]]:
    """Return the waiting numbers by code: number, days out and stamp."""
    return {
        code: (waiting.value, waiting.days_out, waiting.stamp)
        for code, waiting in report.pending.items()
    }


@pytest.fixture(scope="module")
def pec(catalogue: Catalogue) -> Form:
    return catalogue.forms["PEC"]


@pytest.fixture(scope="module")
def stk(catalogue: Catalogue) -> Form:
    return catalogue.forms["STK"]


def test_several_messages_fill_one_report(pec: Form) -> None:
    first = fill(pec, blank(), 1, {"VUS": 45, "FIE": 38})
    second = fill(pec, first.report, 2, {"TDR": 37, "FIE": 39})
    assert second.report.values == {"VUS": 45, "FIE": 39, "TDR": 37}
    assert second.report.stamps == {"VUS": (1000, 1), "FIE": (2000, 2), "TDR": (2000, 2)}
    assert (first.report.version, second.report.version) == (1, 2)
    assert second.report.changed_at == LATER


def test_it_is_complete_with_its_last_required_number(pec: Form) -> None:
    values = dict(PEC_VALUES)
    last = values.pop("DCD")
    almost = fill(pec, blank(), 1, values).report
    assert (almost.complete, almost.status, missing(pec, almost)) == (
        False,
        Status.INCOMPLETE,
        ("DCD",),
    )
    whole = fill(pec, almost, 2, {"DCD": last}).report
    assert (whole.complete, whole.status, missing(pec, whole)) == (True, Status.COMPLETE, ())


@pytest.mark.parametrize(
    ("older", "values"),
    [
        ({"VUS": 50}, {"VUS": 45, "FIE": 38}),
        ({"VUS": 50, "TDR": 30}, {"VUS": 45, "FIE": 38, "TDR": 30}),
    ],
    ids=["nothing new", "a gap"],
)
def test_an_older_message_fills_gaps_only(pec: Form, older: Said, values: Said) -> None:
    newer = fill(pec, blank(), 5, {"VUS": 45, "FIE": 38}).report
    after = fill(pec, newer, 3, older)
    assert after.report.values == values
    assert after.changed == (values != newer.values)
    assert after.report.stamps["VUS"] == (5000, 5)


def test_an_older_number_does_not_replace_a_newer_one_that_waits(pec: Form) -> None:
    waiting = fill(pec, blank(), 5, {"VUS": 160}).report
    after = fill(pec, waiting, 3, {"VUS": 45})
    assert (after.report.values, after.changed) == ({}, False)
    assert waits(after.report) == {"VUS": (160, None, (5000, 5))}


SAID = st.dictionaries(
    st.sampled_from(["VUS", "IRA", "DIA", "RFS", "REN"]), st.integers(0, 20), min_size=1
)


def orders(messages: Sequence[Said]) -> st.SearchStrategy[list[tuple[int, Said]]]:
    return st.permutations(list(enumerate(messages, 1)))


@given(st.lists(SAID, min_size=1, max_size=6).flatmap(orders))
def test_any_order_ends_with_the_same_numbers(pec: Form, ordered: list[tuple[int, Said]]) -> None:
    # RFS, REN, VUS, IRA and DIA within these limits, VUS far above: no rule is broken.
    report = blank()
    for at, values in ordered:
        report = fill(pec, report, at, {**values, "VUS": 100 + values.get("VUS", 0)}).report
    newest: dict[str, int] = {}
    for _, values in sorted(ordered, key=lambda entry: entry[0]):
        newest |= {**values, "VUS": 100 + values.get("VUS", 0)}
    assert report.values == newest
    assert report.pending == {}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 31)), min_size=1, max_size=5)
    .map(lambda said: list(enumerate(said, 1)))
    .flatmap(st.permutations)
)
def test_days_out_follow_the_newest_stock_in_any_order(
    stk: Form, ordered: list[tuple[int, tuple[int, int | None]]]
) -> None:
    report = blank("STK")
    for at, (stock, days) in ordered:
        report = fill(stk, report, at, {"ENF": stock}, {} if days is None else {"ENF": days}).report
    _, (stock, days) = max(ordered)
    assert report.values == {"ENF": stock}
    assert report.days_out == ({} if days is None else {"ENF": days})


def test_a_number_above_its_limit_waits_and_one_far_above_is_dropped(pec: Form) -> None:
    filing = fill(pec, blank(), 1, {"VUS": 150, "FIE": 121, "TDR": 301})
    assert filing.report.values == {"VUS": 150}
    assert waits(filing.report) == {"FIE": (121, None, (1000, 1))}
    assert [(problem.key, problem.codes) for problem in filing.problems] == [
        ("above_refuse", ("TDR",)),
        ("above_ask", ("FIE",)),
    ]


def test_a_number_that_waits_is_told_again_until_it_is_retyped(pec: Form) -> None:
    first = fill(pec, blank(), 1, {"VUS": 160})
    second = fill(pec, first.report, 2, {"RFS": 3})
    assert [problem.key for problem in second.problems] == ["above_ask"]
    third = fill(pec, second.report, 3, {"VUS": 45})
    assert (third.report.values, third.report.pending) == ({"VUS": 45, "RFS": 3}, {})
    assert third.problems == ()


def test_a_broken_rule_parks_what_was_typed_and_keeps_what_is_stored(pec: Form) -> None:
    stored = fill(pec, blank(), 1, {"TDR": 37, "VUS": 45}).report
    broken = fill(pec, stored, 2, {"POS": 48, "RFS": 3})
    assert broken.report.values == {"TDR": 37, "VUS": 45, "RFS": 3}
    assert waits(broken.report) == {"POS": (48, None, (2000, 2))}
    assert [(problem.key, problem.codes) for problem in broken.problems] == [
        ("rule_3", ("POS", "TDR"))
    ]


def test_a_newly_typed_number_that_breaks_a_rule_leaves_the_stored_one(pec: Form) -> None:
    stored = fill(pec, blank(), 1, {"TDR": 37, "POS": 28}).report
    after = fill(pec, stored, 2, {"POS": 38})
    assert (after.report.values, after.changed) == ({"TDR": 37, "POS": 28}, False)
    assert after.report.version == 1
    assert after.report.changed_at == stored.changed_at
    assert after.report.pending["POS"].value == 38


def test_one_retyped_number_releases_the_other(pec: Form) -> None:
    broken = fill(pec, blank(), 1, {"TDR": 37, "POS": 48}).report
    assert (broken.values, set(broken.pending)) == ({}, {"TDR", "POS"})
    mended = fill(pec, broken, 2, {"POS": 28})
    assert (mended.report.values, mended.report.pending) == ({"TDR": 37, "POS": 28}, {})
    # The released number keeps the moment at which it was typed.
    assert mended.report.stamps == {"TDR": (1000, 1), "POS": (2000, 2)}
    assert mended.problems == ()


def test_days_out_follow_their_stock(stk: Form) -> None:
    first = fill(stk, blank("STK"), 1, {"ENF": 0, "BEB": 4}, {"ENF": 12, "BEB": 2}).report
    assert (first.values, first.days_out) == ({"ENF": 0, "BEB": 4}, {"ENF": 12, "BEB": 2})
    same_stock = fill(stk, first, 2, {"ENF": 0})
    assert same_stock.report.days_out == {"BEB": 2}
    assert same_stock.changed


def test_days_out_wait_with_their_stock(stk: Form) -> None:
    waiting = fill(stk, blank("STK"), 1, {"ENF": 61}, {"ENF": 5})
    assert (waiting.report.values, waiting.report.days_out) == ({}, {})
    assert waits(waiting.report) == {"ENF": (61, 5, (1000, 1))}
    again = fill(stk, waiting.report, 2, {"BEB": 1})
    assert waits(again.report) == {"ENF": (61, 5, (1000, 1))}
    assert again.report.days_out == {}


@pytest.mark.parametrize(("period", "days", "kept"), [("202610", 31, True), ("202609", 31, False)])
def test_days_out_fit_into_the_month(stk: Form, period: str, days: int, kept: bool) -> None:
    report = replace(blank("STK"), period=period)
    filing = fill(stk, report, 1, {"ENF": 0, "BEB": 3}, {"ENF": days})
    assert filing.report.values == ({"ENF": 0, "BEB": 3} if kept else {"BEB": 3})
    assert filing.report.days_out == ({"ENF": days} if kept else {})
    assert [problem.key for problem in filing.problems] == ([] if kept else ["days_out_too_long"])


@pytest.mark.parametrize(
    ("values", "counts"),
    [({"VUS": 45}, False), ({"VUS": 46}, True), ({"RFS": 0}, True), ({}, False)],
)
def test_the_version_counts_only_real_changes(pec: Form, values: Said, counts: bool) -> None:
    report = replace(fill(pec, blank(), 1, {"VUS": 45}).report, refusals={"VUS": "no"})
    after = fill(pec, report, 2, values)
    assert (after.changed, after.report.version) == (counts, 1 + counts)
    assert after.report.refusals == ({} if counts else {"VUS": "no"})


@pytest.mark.parametrize(
    ("forwarded", "refused", "status"),
    [
        (None, None, Status.COMPLETE),
        (2, None, Status.FORWARDED),
        (2, 2, Status.REFUSED),
        (1, 1, Status.COMPLETE),
    ],
)
def test_the_status_is_that_of_the_current_version(
    forwarded: int | None, refused: int | None, status: Status
) -> None:
    report = replace(
        blank(), version=2, complete=True, forwarded_version=forwarded, refused_version=refused
    )
    assert report.status is status


def test_a_stamp_orders_by_moment_then_by_arrival() -> None:
    stamps = [
        stamp(NOW, 1),
        stamp(NOW, 2),
        stamp(NOW.replace(microsecond=1000), 1),
        stamp(LATER, 1),
    ]
    assert all(earlier < other for earlier, other in pairwise(stamps))


def test_a_held_number_waits_for_an_oui_alone(pec: Form) -> None:
    filled = Filled("PEC", {"VUS": 45, "FIE": 38})
    held = file(pec, blank(), filled, (1000, 1), LATER, held=("VUS",)).report
    assert (held.values, held.pending) == (
        {"FIE": 38},
        {"VUS": Waiting(45, None, (1000, 1), Why.OUI)},
    )
    later = fill(pec, held, 2, {"TDR": 37}).report
    assert later.pending == held.pending
    nothing = Filled("PEC", {})
    said_yes = file(pec, later, nothing, (3000, 3), LATER, confirmed=("VUS",)).report
    assert (said_yes.values["VUS"], said_yes.pending) == (45, {})


def test_an_oui_settles_a_doubt_and_no_refusal(pec: Form) -> None:
    waiting = fill(pec, blank(), 1, {"VUS": 200, "TDR": 37, "POS": 48})
    assert {code: number.why for code, number in waiting.report.pending.items()} == {
        "VUS": Why.DOUBT,
        "TDR": Why.CORRECTION,
        "POS": Why.CORRECTION,
    }
    assert waiting.to_confirm == to_confirm(pec, waiting.report) == ("VUS",)


def test_a_non_drops_the_numbers_that_waited(pec: Form) -> None:
    waiting = fill(pec, blank(), 1, {"VUS": 200, "CTA": 150}).report
    assert set(drop(waiting, ("VUS",)).pending) == {"CTA"}


def test_an_earlier_version_counts_again(pec: Form) -> None:
    report = fill(pec, blank(), 1, {"VUS": 45, "FIE": 38}).report
    report = replace(report, forwarded_version=1, validated_by=9, refusals={"VUS": "no"})
    filing = restore(pec, report, {"VUS": 40}, {}, mark=(5000, 5), now=LATER)
    after = filing.report
    assert (filing.changed, after.version, after.withdrawn) == (True, 2, False)
    assert (after.values, after.refusals, after.complete) == ({"VUS": 40}, {}, False)
    assert (after.forwarded_version, after.validated_by) == (1, 9)
    assert not fill(pec, after, 4, {"FIE": 38}).changed


def test_without_values_a_report_is_withdrawn_until_something_comes(pec: Form) -> None:
    report = replace(fill(pec, blank(), 1, {"VUS": 45}).report, validated_by=9, forwarded_version=1)
    after = restore(pec, report, {}, {}, mark=(5000, 5), now=LATER).report
    assert (after.status, after.validated_by, after.forwarded_version) == (
        Status.WITHDRAWN,
        None,
        None,
    )
    assert fill(pec, after, 6, {"VUS": 44}).report.status is Status.INCOMPLETE


@pytest.mark.parametrize(
    ("before", "after", "large"),
    [(10, 30, False), (10, 31, True), (31, 10, True), (40, 62, False), (0, 21, True)],
)
def test_a_large_change_is_threefold_and_more_than_twenty(
    before: int, after: int, large: bool
) -> None:
    assert is_large(before, after) is large


def test_a_report_is_known_by_site_form_and_month() -> None:
    assert blank("STK").key == (7, "STK", "202610")
