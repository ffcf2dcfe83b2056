"""Sections: times set aside, forms told apart, commands in the middle of a report."""

import pytest

from menus.reading.sections import split, without_times
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY, brief, tokens_in


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("3 jours", "timed "),
        ("2 fois", "timed "),
        ("10h30", "timed , filler "),
        ("10h 30 40", "timed , filler , number 40"),
        ("10 h VUS 3", "timed , code VUS, number 3"),
        ("10h,30", "timed , mark ,, number 30"),
        ("h 3", "time H, number 3"),
        ("VUS 3 cas", "code VUS, number 3, unit CAS"),
    ],
)
def test_hours_days_and_times_are_no_counts(text: str, tokens: str) -> None:
    assert brief(without_times(tokens_in(text))) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("SEL 0 jours 8 BEB 20", "code SEL, number 0, days JOURS, number 8, code BEB, number 20"),
        ("SEL=0 jrs: 8", "code SEL, mark =, number 0, days JRS, number 8"),
        ("SEL 0 J: 8", "code SEL, number 0, days J, number 8"),
        ("SEL jour 8", "code SEL, days JOUR, number 8"),
        ("SEL 0 8 jours BEB 20", "code SEL, number 0, timed , code BEB, number 20"),
        ("SEL 3 jours BEB 20", "code SEL, timed , code BEB, number 20"),
        ("SEL 0 jours", "code SEL, timed "),
        ("DCD 0 jour 3 avril", "code DCD, timed , number 3, month AVRIL"),
        ("PEC 03 jours 8", "keyword PEC, timed , number 8"),
        ("jours 8", "time JOURS, number 8"),
        ("8 jours 3", "timed , number 3"),
    ],
)
def test_a_word_for_days_between_a_code_and_a_number_is_a_j(text: str, tokens: str) -> None:
    assert brief(without_times(tokens_in(text))) == tokens


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", [("", "")]),
        ("VUS 4", [("", "code VUS, number 4")]),
        ("03 PEC VUS 4", [("", "number 03"), ("PEC", "code VUS, number 4")]),
        ("PEC VUS NUT DEP", [("", ""), ("PEC", "code VUS"), ("NUT", "code DEP")]),
        ("PCE 03 VUS", [("", ""), ("PEC", "number 03, code VUS")]),
        ("PEK VUS", [("", ""), ("PEC", "code VUS")]),
        ("PCE 2026 VUS", [("", ""), ("PEC", "number 2026, code VUS")]),
        ("PCE bonjour VUS", [("", ""), ("PEC", "greeting BONJOUR, code VUS")]),
        ("PCE 45 VUS", [("", "unknown PCE, number 45, code VUS")]),
        ("PCE 03 DEP", [("", "unknown PCE, number 03, code DEP")]),
        ("PCE xyz VUS", [("", "unknown PCE, unknown XYZ, code VUS")]),
        ("PCE", [("", "unknown PCE")]),
        ("PEC PCE VUS", [("", ""), ("PEC", "unknown PCE, code VUS")]),
    ],
)
def test_a_keyword_opens_a_section(text: str, sections: list[tuple[str, str]]) -> None:
    found = split(tokens_in(text), CATALOGUE, VOCABULARY.speller.forms_near)
    told = [
        (section.keyword.means if section.keyword else "", brief(section.tokens))
        for section in found.sections
    ]
    assert (told, found.stray_commands) == (sections, [])


@pytest.mark.parametrize(
    ("text", "strays", "sections"),
    [
        ("VUS 4 RCU ENF 20 NUT DEP 3", "command RCU", ["code VUS, number 4", "code DEP, number 3"]),
        ("VUS 4 RUPT ENF", "command RUPT", ["code VUS, number 4"]),
        ("VUS 4 RCU", "", ["code VUS, number 4, command RCU"]),
        ("VUS 4 RUPT merci", "", ["code VUS, number 4, command RUPT, greeting MERCI"]),
        ("VUS 4 RAS 3", "", ["code VUS, number 4, command RAS, number 3"]),
    ],
)
def test_a_command_takes_its_numbers_out_of_the_report(
    text: str, strays: str, sections: list[str]
) -> None:
    found = split(tokens_in(text), CATALOGUE, VOCABULARY.speller.forms_near)
    assert brief(found.stray_commands) == strays
    assert [brief(section.tokens) for section in found.sections] == sections
