"""Tests of reading a walkthrough, and of matching a text with its < lines."""

import pytest

from gateway.sandbox.phone_script import BadScript, Step, matches, parse

SCRIPT = """\
# Awa reports by USSD

phone +22370000001
> *384*1#
< Kibaru
< 1 Rapport
>
<
> 12*8
pause 31
< La ligne est ...
drop
repeat
  sms
< Recu. No ..
"""


def test_a_script_is_read_into_steps() -> None:
    assert parse(SCRIPT) == [
        Step(3, "phone", "+22370000001", []),
        Step(4, ">", "*384*1#", ["Kibaru", "1 Rapport"]),
        Step(7, ">", "", [""]),
        Step(9, ">", "12*8", []),
        Step(10, "pause", "31", ["La ligne est ..."]),
        Step(12, "drop", "", []),
        Step(13, "repeat", "", []),
        Step(14, "sms", "", ["Recu. No .."]),
    ]


def test_an_empty_script_has_no_steps() -> None:
    assert parse("# nothing yet\n\n") == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("# start\n< Kibaru", "line 2: nothing was done yet"),
        ("> 1\ndrop\n< Kibaru", "line 3: nothing comes back for `drop`"),
        ("phone +22370000001\n< Kibaru", "line 2: nothing comes back for `phone`"),
        ("> 1\n\nhang up", "line 3: `hang` is no step; known: `>`, `<`, `#`, `phone`, `sms`"),
        ("phone 70000001", "line 1: after `phone` comes a number such as .22370000001"),
        ("pause", "line 1: after `pause` comes seconds, in digits"),
        ("pause long", "line 1: after `pause` comes seconds"),
        ("sms now", "line 1: after `sms` comes nothing"),
    ],
)
def test_a_malformed_script_names_the_line(script: str, words: str) -> None:
    with pytest.raises(BadScript, match=words):
        parse(script)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (["Merci"], "Merci"),
        (["Mois ?", "1 Oct"], "Mois ?\n1 Oct"),
        (["PEC octobre OK. No ..", "  Vus45"], "PEC octobre OK. No 2UQV. Vus45"),
        (["No .. Vus45 ..."], "No 2UQV. Vus45 Fievre38\nReste STK."),
        (["..."], ""),
        (["COR POS .."], "COR POS .."),
        (["VUS*FIE (12*8)?"], "VUS*FIE (12*8)?"),
        ([""], ""),
    ],
)
def test_a_text_is_what_was_expected(expected: list[str], got: str) -> None:
    assert matches(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (["Merci"], "Merci!"),
        (["No .. Vus45"], "No 2UQV un Vus45"),
        (["No .."], "No "),
        (["VUS*FIE"], "VUS et FIE"),
        (["12.8"], "1238"),
        ([""], "Merci"),
    ],
)
def test_a_text_is_not_what_was_expected(expected: list[str], got: str) -> None:
    assert not matches(expected, got)
