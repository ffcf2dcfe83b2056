"""The words files: their sentences, their placeholders, and their faults."""

from pathlib import Path

import pytest

from menus.loading.words import (
    Sentences,
    agree,
    is_named,
    of_checks,
    placeholders,
    read_words,
    readable,
    required,
    same,
    sendable,
)
from menus.model.cross_check import Check, Level, Term

FRENCH = Sentences("fr", {"late": "En retard."}, {"late": "words/fr.toml"})


def names(*words: str) -> frozenset[str]:
    return frozenset(words)


def test_sentences_are_read_from_the_files_of_all_topics(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words/fr.toml").write_text("late = 'En retard.'\nmore = 'A.'")
    (tmp_path / "words/fr_ussd.toml").write_text("ussd_no = 'Non'\nmore = 'B.'")
    faults: list[str] = []
    found = read_words(tmp_path, "fr", faults)
    assert found.texts == {"late": "En retard.", "more": "B.", "ussd_no": "Non"}
    assert found.at("ussd_no") == "words/fr_ussd.toml: ussd_no"
    assert found.at("absent") == "words/fr.toml: absent"
    assert faults == ["words/fr_ussd.toml: more: stands in words/fr.toml as well"]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [("OK.", names()), ("{code} {number}: {code}?", names("code", "number")), ("{{x}}", names())],
)
def test_the_placeholders_of_a_sentence(sentence: str, found: frozenset[str]) -> None:
    assert placeholders(sentence) == found


@pytest.mark.parametrize("sentence", ["{code!r}", "{code:3}", "{}", "{0}", "{code", "{a.b}"])
def test_only_plain_names_are_placeholders(sentence: str) -> None:
    with pytest.raises(ValueError, match=r"expected a plain name|expected '}'"):
        placeholders(sentence)


@pytest.mark.parametrize(("key", "named"), [("rule_3", True), ("help_cor", True), ("late", False)])
def test_checks_and_commands_name_their_sentences(key: str, named: bool) -> None:
    assert is_named(key) is named


def test_a_sentence_without_faults_is_readable() -> None:
    texts = {"late": "{form} en retard.", "bad": "{code", "digit": "3?", "arabic": "ع"}
    faults: list[str] = []
    found = readable(Sentences("fr", texts, {}), faults)
    assert found == {"late": names("form"), "digit": names(), "arabic": names()}
    assert faults.pop(0).startswith("words/fr.toml: bad: expected '}'")
    assert faults == [
        "words/fr.toml: digit: holds a digit; every number is a placeholder",
        "words/fr.toml: arabic: GSM-7 has nothing like U+0639",
    ]


def test_a_letter_without_a_likeness_cannot_be_sent() -> None:
    faults: list[str] = []
    sendable("a", "Ɛ é ç", faults)
    sendable("b", "😀ع", faults)
    assert faults == ["b: GSM-7 has nothing like U+1F600, U+0639"]


def test_a_needed_sentence_must_be_there() -> None:
    faults: list[str] = []
    required(FRENCH, [("late", "the code"), ("", "PEC"), ("rule_3", "rule 3")], faults)
    assert faults == ["words/fr.toml: rule_3: missing, rule 3 needs it"]


def test_a_shared_sentence_is_filled_by_what_all_its_checks_name() -> None:
    left = (Term("POS"),)
    checks = [
        Check(1, left, "<=", (Term("TDR"),), Level.REFUSE, "rule_1"),
        Check(1, left, "<=", (Term("FIE"),), Level.REFUSE, "rule_1"),
        Check(3, left, "<=", (Term("FIE"),), Level.REFUSE, "rule_3"),
    ]
    always = names("code", "form", "left", "right", "given")
    assert of_checks(checks) == {"rule_1": always | {"POS"}, "rule_3": always | {"POS", "FIE"}}


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        ({"late": names("form"), "late_short": names()}, []),
        ({"rule_99": names("x")}, []),
        ({"late": names("form", "x")}, ["words/fr.toml: late: nothing fills {x}"]),
        ({"lat": names()}, ["words/fr.toml: lat: no sentence is called that"]),
    ],
)
def test_a_sentence_is_used_and_filled(found: dict[str, frozenset[str]], faults: list[str]) -> None:
    told: list[str] = []
    agree(FRENCH, found, {"late": names("form", "month")}, told)
    assert told == faults


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        ({"late": names("form", "month")}, []),
        ({"late_short": names("form")}, []),
        (
            {"late": names("form")},
            ["words/bm.toml: late: its placeholders differ from the French ({form} {month})"],
        ),
        ({"lat": names()}, ["words/bm.toml: lat: there is no such sentence in French"]),
        (
            {"all_in": names("form")},
            ["words/bm.toml: all_in: its placeholders differ from the French (none)"],
        ),
    ],
)
def test_a_translation_has_the_placeholders_of_the_french(
    found: dict[str, frozenset[str]], faults: list[str]
) -> None:
    french = {"late": names("form", "month"), "all_in": names()}
    told: list[str] = []
    same(Sentences("bm", {}, {}), found, french, told)
    assert told == faults
