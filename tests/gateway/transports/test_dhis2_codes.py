"""Tests of DHIS2's error codes: who can mend each, and what a refusal left unwritten."""

from datetime import date

import pytest

from gateway.transports.dhis2_codes import (
    MEANINGS,
    Category,
    category_of,
    code_of_words,
    concerns_cell,
    concerns_data_set,
    concerns_whole_request,
)
from menus.model.period import Period

OCTOBER = Period(2026, 10)


@pytest.mark.parametrize(
    ("code", "today", "category"),
    [
        ("E7640", date(2026, 11, 4), Category.LOCKED),
        ("E7641", date(2026, 10, 31), Category.TOO_EARLY),
        ("E7642", date(2026, 11, 4), Category.LOCKED),
        ("E7643", date(2026, 10, 31), Category.TOO_EARLY),
        ("E7643", date(2026, 11, 1), Category.TOO_EARLY),
        ("E7643", date(2026, 11, 2), Category.LOCKED),
        ("E7644", date(2026, 11, 1), Category.TOO_EARLY),
        ("E7644", date(2026, 11, 2), Category.LOCKED),
        ("E8030", date(2026, 10, 31), Category.TOO_EARLY),
        ("E8030", date(2026, 11, 1), Category.TOO_EARLY),
        ("E8030", date(2026, 11, 2), Category.LOCKED),
        ("E7641", date(2026, 11, 1), Category.TOO_EARLY),
        ("E8033", date(2026, 10, 31), Category.LOCKED),
        ("E7636", date(2026, 11, 4), Category.ASSIGNMENT),
        ("E8022", date(2026, 11, 4), Category.ASSIGNMENT),
        ("E7617", date(2026, 11, 4), Category.ACCOUNT),
        ("E8104", date(2026, 11, 4), Category.MAPPING),
        ("E8122", date(2026, 11, 4), Category.VALUE),
        ("E8128", date(2026, 11, 4), Category.GATEWAY_BUG),
        ("too_large", date(2026, 11, 4), Category.CONFIG),
        ("E9999", date(2026, 11, 4), Category.CONFIG),
        ("", date(2026, 11, 4), Category.CONFIG),
    ],
)
def test_whose_a_refusal_is(code: str, today: date, category: Category) -> None:
    assert category_of(code, OCTOBER, today) is category


def test_december_ends_with_the_year() -> None:
    december = Period(2026, 12)
    assert category_of("E8030", december, date(2026, 12, 31)) is Category.TOO_EARLY
    assert category_of("E8030", december, date(2027, 1, 1)) is Category.TOO_EARLY
    assert category_of("E8030", december, date(2027, 1, 2)) is Category.LOCKED


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("E7600", True),
        ("E7605", True),
        ("E7610", False),
        ("E7645", False),
        ("E8000", True),
        ("E8035", True),
        ("E8100", True),
        ("E8111", True),
        ("E8120", False),
        ("E8127", False),
        ("E8128", True),
        ("", False),
        ("too_large", False),
    ],
)
def test_which_codes_leave_nothing_written(code: str, whole: bool) -> None:
    assert concerns_whole_request(code) is whole


# The pairs of DHIS2's two families that say the same, as its change of importers lists them.
SAME = [
    ("E7600", "E8005"), ("E7601", "E8010"), ("E7611", "E8100"), ("E7612", "E8107"),
    ("E7613", "E8109"), ("E7614", "E8012"), ("E7617", "E8011"), ("E7618", "E8120"),
    ("E7619", "E8122"), ("E7621", "E8123"), ("E7632", "E8021"), ("E7633", "E8020"),
    ("E7634", "E8024"), ("E7635", "E8023"), ("E7636", "E8022"), ("E7638", "E8032"),
    ("E7639", "E8025"), ("E7642", "E8033"),
]  # fmt: skip


@pytest.mark.parametrize(("legacy", "sql"), SAME)
def test_both_families_blame_the_same(legacy: str, sql: str) -> None:
    assert MEANINGS[legacy].category is MEANINGS[sql].category


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Data element SRZ needs to be filled", "E7605"),
        ("Organisation unit is not assigned to data set", "E7636"),
        ("Rain", ""),
    ],
)
def test_a_refusal_of_completeness_by_its_words(words: str, code: str) -> None:
    assert code_of_words(words) == code


def test_what_a_code_concerns() -> None:
    assert (concerns_data_set("E8010"), concerns_cell("E8010")) == (True, False)
    assert (concerns_data_set("E8020"), concerns_cell("E8020")) == (False, True)
