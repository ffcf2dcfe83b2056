"""The check of budgets: an answer that could need too many parts is a fault."""

from dataclasses import replace

import pytest

from menus.linting.budgets import budget_faults
from menus.loading.loader import load
from menus.model.catalogue import Catalogue, Form

CATALOGUE = load()


def alone(form: Form) -> Catalogue:
    """Return the shipped catalogue with this form and no other: much quicker to check."""
    return replace(
        CATALOGUE,
        forms={form.keyword: form},
        form_of=dict.fromkeys(form.codes, form.keyword),
        code_of={code: code for code in form.codes},
    )


NUT = replace(CATALOGUE.forms["NUT"], checks=())


def with_words(language: str, **changed: str) -> Catalogue:
    words = {**CATALOGUE.words, language: {**CATALOGUE.words[language], **changed}}
    return replace(alone(NUT), words=words)


def with_more_fields(times: int, *, required: bool) -> Catalogue:
    """PEC alone, with so many more of its required or of its optional fields."""
    form = CATALOGUE.forms["PEC"]
    more = [
        replace(field, code=f"{field.code}{'X' * turn}", aliases=())
        for field in form.fields
        if field.required is required
        for turn in range(1, times)
    ]
    return alone(replace(form, fields=(*form.fields, *more), checks=()))


def with_longer_labels(letters: int) -> Catalogue:
    form = CATALOGUE.forms["PEC"]
    fields = tuple(
        replace(field, short={**field.short, "fr": field.short["fr"] + "x" * letters})
        for field in form.fields
    )
    return alone(replace(form, fields=fields, checks=()))


def test_the_shipped_catalogue_keeps_its_budgets() -> None:
    assert budget_faults(CATALOGUE) == []


def test_too_many_fields_break_the_read_back() -> None:
    found = budget_faults(with_more_fields(2, required=True))
    assert (
        "forms: PEC.fr: the read-back of a complete report needs 2 parts, it must be one: "
        "shorten `short` labels"
    ) in found


def test_long_labels_give_way_to_codes() -> None:
    assert not any("read-back" in told for told in budget_faults(with_longer_labels(40)))


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_a_long_sentence(language: str) -> None:
    found = budget_faults(with_words(language, all_in="Tout est recu, merci. " * 20))
    assert f"words/{language}.toml: all_in: needs 3 parts, the most is 2" in found


def test_a_long_sentence_that_has_a_shorter_wording_is_none() -> None:
    assert budget_faults(with_words("fr", above_ask="{code} {number} " + "trop " * 80)) == []


def test_a_form_too_long_for_any_other_answer() -> None:
    found = budget_faults(with_more_fields(6, required=False))
    assert "forms: PEC.fr: an answer with above_refuse needs 3 parts, the most is 2" in found
    assert not any("read-back" in told for told in found)


def test_a_long_help() -> None:
    found = budget_faults(with_words("fr", help_cor="COR corrige un rapport. " * 20))
    assert "AIDE COR (fr, asc): needs 4 parts, the most is 2" in found
    assert "AIDE CORR (fr, dtc): needs 4 parts, the most is 2" in found
