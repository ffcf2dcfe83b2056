"""The faults that `kibaru check` reports, and the sentences without a translation."""

from dataclasses import replace

from menus.linting.budgets import budget_faults
from menus.linting.faults import faults, untranslated
from menus.linting.screens import screen_faults
from menus.linting.slips import slip_faults
from menus.model.catalogue import Catalogue
from menus.model.programme import NearWords


def small(catalogue: Catalogue) -> Catalogue:
    """Return the shipped catalogue with NUT as its only form: much quicker to check."""
    form = replace(catalogue.forms["NUT"], checks=())
    return replace(
        catalogue,
        forms={"NUT": form},
        form_of=dict.fromkeys(form.codes, "NUT"),
        code_of={code: code for code in form.codes},
        ussd=replace(catalogue.ussd, groups={"NUT": catalogue.ussd.groups["NUT"]}),
    )


def test_the_shipped_catalogue_has_none(catalogue: Catalogue) -> None:
    assert faults(catalogue) == []


def test_the_faults_of_all_checks_are_told_in_order(catalogue: Catalogue) -> None:
    long = {**catalogue.words["fr"], "all_in": "Tout est recu, merci. " * 20}
    near = (NearWords(("MAM", "GUE"), "because"),)
    spoilt = replace(
        small(catalogue),
        words={**catalogue.words, "fr": long},
        programme=replace(catalogue.programme, near=near),
    )
    slips, budgets, screens = slip_faults(spoilt), budget_faults(spoilt), screen_faults(spoilt)
    assert "programme.toml: near: MAM is near none of the others in MAM GUE" in slips
    assert budgets == ["words/fr.toml: all_in: needs 3 parts, the most is 2"]
    assert "ussd: NUT (fr): does not fit a screen of 160 septets" in screens
    assert faults(spoilt) == [*slips, *budgets, *screens]


def test_a_shorter_wording_is_not_missed(catalogue: Catalogue) -> None:
    french = {"late": "Tard.", "late_short": "T.", "kept": "Garde."}
    words = {"fr": french, "bm": {"kept": "A marala."}}
    assert untranslated(replace(catalogue, words=words), "bm") == ["late"]
    assert untranslated(catalogue, "fr") == []
