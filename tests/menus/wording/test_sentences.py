"""Sentences: their wording, what fills them, and what to type."""

from dataclasses import replace

import pytest

from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.sentences import listed, say, say_problem, to_retype, to_send


@pytest.fixture
def sentences(catalogue: Catalogue) -> Catalogue:
    """Return the shipped catalogue with a few short sentences besides its own."""
    french = {
        **catalogue.words["fr"],
        "hello": "Bonjour {name}, déjà {number}. {forms}?",
        "plain": "Longue phrase.",
        "plain_short": "Court.",
    }
    return replace(catalogue, words={"fr": french, "bm": {"plain": "Kuma jan."}})


@pytest.mark.parametrize(
    ("language", "key", "brief", "text"),
    [
        ("fr", "plain", False, "Longue phrase."),
        ("fr", "plain", True, "Court."),
        ("bm", "plain", False, "Kuma jan."),
        ("bm", "plain", True, "Kuma jan."),
    ],
)
def test_a_language_without_a_shorter_wording_keeps_its_own(
    sentences: Catalogue, language: str, key: str, brief: bool, text: str
) -> None:
    assert say(sentences, language, key, brief=brief) == text


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_french_stands_in_and_the_forms_are_known(sentences: Catalogue, language: str) -> None:
    text = say(sentences, language, "hello", name="Ɔ", number=3)
    assert text == "Bonjour O, déjà 3. PEC, NUT, SMI ou STK?"


@pytest.mark.parametrize(("key", "fills"), [("no_such_key", {}), ("hello", {"name": "A"})])
def test_what_is_missing_is_an_error(sentences: Catalogue, key: str, fills: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        say(sentences, "fr", key, **fills)


@pytest.mark.parametrize(
    ("names", "text"),
    [(("A",), "A"), (("A", "B"), "A ou B"), (("A", "B", "C"), "A, B ou C")],
)
def test_names_are_joined(catalogue: Catalogue, names: tuple[str, ...], text: str) -> None:
    assert listed(catalogue, "fr", names) == text


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem("above_refuse", Level.REFUSE, ("VUS",), {"number": 999999}),
            "VUS 999999: trop grand, pas note.",
        ),
        (
            Problem("above_refuse", Level.REFUSE, ("VUS",), {"number": 70000001}),
            "VUS un nombre trop long: trop grand, pas note.",
        ),
        (
            Problem("rule_3", Level.REFUSE, ("POS", "TDR"), {"POS": 48, "TDR": 37}),
            ("POS 48 est plus grand que TDR 37: les TDR positifs ne depassent pas les TDR faits."),
        ),
        (
            Problem("unknown_code_near", Level.ASK, (), {"typed": "VUZ", "near": "VUS"}),
            "Code VUZ inconnu, pas note: est-ce VUS?",
        ),
        (
            Problem("month_absent", Level.ASK),
            "Quel mois? Rien n'est note. Renvoyez tout avec le mois.",
        ),
    ],
)
def test_a_problem_is_said(catalogue: Catalogue, problem: Problem, text: str) -> None:
    assert say_problem(catalogue, "fr", problem, brief=False) == text


@pytest.mark.parametrize(
    ("problem", "codes"),
    [
        (Problem("rule_3", Level.REFUSE, ("POS", "TDR", "POS")), ("POS", "TDR")),
        (Problem("unknown_code_near", Level.ASK, (), {"near": "TDP"}), ("POS",)),
        (Problem("unknown_code_near", Level.ASK, (), {"near": "PEC"}), ()),
        (Problem("change_closed", Level.REFUSE, ("POS",)), ()),
    ],
)
def test_the_codes_to_retype(
    catalogue: Catalogue, problem: Problem, codes: tuple[str, ...]
) -> None:
    assert to_retype(catalogue, problem) == codes


@pytest.mark.parametrize(
    ("wanted", "held", "brief", "text"),
    [
        ([("POS", "TDR"), ("DIA",)], {"POS", "TDR", "DIA"}, False, "COR POS .. ou TDR .., DIA .."),
        ([("POS", "TDR"), ("DIA",)], {"POS", "TDR", "DIA"}, True, "COR POS .. DIA .."),
        ([("AMX",), ("SRZ",), ("ENF",)], (), False, "PEC AMX .. SRZ .. STK ENF .."),
        ([("POS",), ("POS", "TDR")], {"POS", "TDR"}, False, "COR POS .. TDR .."),
        ([("POS",), ("POS", "TDR")], {"POS", "TDR"}, True, "COR POS .."),
        ([(), ("POS",)], {"POS"}, False, "COR POS .."),
        ([], (), False, ""),
    ],
)
def test_what_to_send(
    catalogue: Catalogue, wanted: list[tuple[str, ...]], held: set[str], brief: bool, text: str
) -> None:
    assert to_send(catalogue, "fr", wanted, held=held, brief=brief) == text


def test_all_codes_of_a_form_are_the_form(catalogue: Catalogue) -> None:
    codes = catalogue.forms["NUT"].codes
    assert to_send(catalogue, "fr", [codes], brief=False) == "tout NUT."
