"""AIDE: every word is explained in at most two parts, without a number to send back."""

from dataclasses import replace

import pytest

from menus.gsm7 import is_gsm7, parts
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES, Catalogue, Field
from menus.model.roles import Role
from menus.wording.help import digit_free, help_text, topics

CATALOGUE = load()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_every_topic_is_two_parts_and_holds_no_digit(language: str, role: str) -> None:
    for topic in (None, "XYZ", "", *topics(CATALOGUE)):
        text = help_text(CATALOGUE, language, role, topic)
        assert 0 < len(parts(text)) <= 2, text
        assert is_gsm7(text)
        assert not any(letter.isdigit() for letter in text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", CATALOGUE.forms)
def test_a_form_names_every_code_that_must_be_sent(form: str, language: str) -> None:
    text = help_text(CATALOGUE, language, "asc", form)
    for code in CATALOGUE.forms[form].required:
        assert f"{code}={digit_free(CATALOGUE.field(code), language)}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_code_or_command_is_one_part(language: str) -> None:
    for topic in set(topics(CATALOGUE)) - CATALOGUE.forms.keys():
        assert len(parts(help_text(CATALOGUE, language, "asc", topic))) == 1


@pytest.mark.parametrize(
    ("role", "topic", "text"),
    [
        ("asc", "POS", "POS: TDR positifs. Envoyez PEC, le mois, POS et le nombre."),
        ("asc", "TDP", "POS: TDR positifs. Envoyez PEC, le mois, POS et le nombre."),
        ("asc", "VUS", "VUS: enfants vus en consultation. Envoyez PEC, le mois, VUS et le nombre."),
        ("asc", "VUF", "VUF: Dont filles. Envoyez PEC, le mois, VUF et le nombre. Facultatif."),
        (
            "asc",
            "ATP",
            (
                "ATP: ATPE Plumpy'Nut. Comptez ce qui reste a la fin du mois (sachet): STK, mois, "
                "ATP et nombre. Si rupture: J et jours."
            ),
        ),
        ("asc", "LANGUE", "LANGUE FR ou LANGUE BM: change la langue des reponses."),
        ("asc", "LANGE", "LANGUE FR ou LANGUE BM: change la langue des reponses."),
        ("asc", "VAL", "VAL: pas pour vous."),
        ("dtc", "VAL", "VAL, le site et le mois: valide les rapports."),
        ("dtc", "REF", "REF: pas pour vous."),
    ],
)
def test_one_word(role: str, topic: str, text: str) -> None:
    assert help_text(CATALOGUE, "fr", role, topic) == text


@pytest.mark.parametrize("role", Role)
def test_the_general_answer_names_what_this_role_may_send(role: str) -> None:
    text = help_text(CATALOGUE, "fr", role, None)
    words = text.replace(".", " ").replace(",", " ").split()
    mine = {command.keyword for command in CATALOGUE.commands.values() if role in command.roles}
    assert mine | CATALOGUE.forms.keys() <= set(words)
    assert not {keyword for keyword in CATALOGUE.commands if keyword not in mine} & set(words)


@pytest.mark.parametrize("topic", ["MAMADOU", "XYZ", "TON", "R" * 10_000])
def test_an_unknown_word_is_not_repeated(topic: str) -> None:
    text = help_text(CATALOGUE, "fr", "asc", topic)
    assert text == f"Mot inconnu. {help_text(CATALOGUE, 'fr', 'asc', None)}"


def bigger(codes: int) -> Catalogue:
    """Return a catalogue with a form of many fields that have long labels."""
    letters = "ABCDEFGHIJ"
    fields = tuple(
        Field(
            f"{letters[number // 10]}{letters[number % 10]}X",
            dict.fromkeys(LANGUAGES, f"Un long texte de plus de {number} mots"),
            dict.fromkeys(LANGUAGES, f"Court{letters[number % 10]}"),
            1,
            2,
        )
        for number in range(codes)
    )
    form = replace(CATALOGUE.forms["NUT"], fields=fields, checks=())
    own = dict.fromkeys(form.codes, "NUT")
    return replace(
        CATALOGUE,
        forms={"NUT": form},
        form_of=own,
        code_of={code: code for code in own},
    )


@pytest.mark.parametrize(
    ("codes", "told"),
    [(8, "AAX=Un long texte de plus de mots,"), (20, "AAX=CourtA,"), (50, "AAX, ABX,")],
)
def test_a_form_of_many_fields_says_less_of_each(codes: int, told: str) -> None:
    text = help_text(bigger(codes), "fr", "asc", "NUT")
    assert told in text
    assert len(parts(text)) <= 2


def test_a_form_of_more_fields_than_two_parts_hold_is_explained_all_the_same() -> None:
    text = help_text(bigger(90), "fr", "asc", "NUT")
    assert text.count("AX, ") >= 8
    assert len(parts(text)) == 3
