"""RAS asks before it files zeros, AIDE explains in two parts, LANGUE holds from its answer on."""

import pytest

from gateway.commands.general import help_on, set_language, zero
from tests.gateway.harness import AWA, PEC, STRANGER, Harness
from tests.gateway.units_of_work import heard, keys

NUT_CODES = ("DEP", "MAM", "MAS", "URE", "GUE", "ABD", "SOD", "RST")


def test_nothing_to_report_is_all_zero_after_an_oui(harness: Harness) -> None:
    assert harness.told("NUT 10 RAS") == (
        "NUT octobre A CONFIRMER. No 9ZF9. NUT: tout a zero? Si oui, repondez OUI. Recu en retard."
    )
    assert harness.report(form="NUT").values == {}
    assert harness.told("OUI") == (
        "NUT octobre OK. No 9ZF9. Depistes 0, MAM 0, MAS 0, MAS-ref 0, Gueris 0, Abandons 0, Deces "
        "0, Restent 0. Recu en retard. Reste PEC SMI STK."
    )
    assert harness.report(form="NUT").values == dict.fromkeys(NUT_CODES, 0)
    assert harness.report(form="NUT").complete


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("RAS", "ras_which"),
        ("STK RAS", "ras_stock"),
        ("STK 10 RAS", "ras_stock"),
        ("NUT 12 RAS", "month_closed"),
    ],
)
def test_nothing_to_report_needs_a_form_that_can_be_zero_and_its_month(
    harness: Harness, text: str, problem: str
) -> None:
    with heard(harness, text) as (uow, understood):
        assert keys(zero(uow, understood)) == [problem]
        assert uow.conversations.get(understood.posts[0].id) is None
    assert harness.periods(form="STK") == harness.periods(form="NUT") == []


def test_several_forms_may_be_zero_at_once(harness: Harness) -> None:
    with heard(harness, "NUT SMI 10 RAS") as (uow, understood):
        answer = zero(uow, understood)
        assert [(reply.form, reply.values) for reply in answer.replies] == [
            ("NUT", {}),
            ("SMI", {}),
        ]


def test_the_language_changes_with_the_answer_that_says_so(harness: Harness) -> None:
    assert harness.told("LANGUE BM") == "Jaabiw bè kè bamanankan na."
    assert harness.told(PEC).startswith("PEC òkutòburu dafalen. No 2UQV.")
    assert harness.told("LANGUE FR") == "Les reponses seront en francais."
    assert (
        harness.told("ETAT")
        == "octobre: PEC complet, sera transmis (en retard); NUT rien; SMI rien; STK rien."
    )


@pytest.mark.parametrize("text", ["LANGUE", "LANGUE EN"])
def test_a_language_that_there_is_not_is_asked_for(harness: Harness, text: str) -> None:
    with heard(harness, text) as (uow, understood):
        assert keys(set_language(uow, understood)) == ["language_which"]


@pytest.mark.parametrize("text", ["AIDE", "AIDE PEC", "AIDE ATP", "AIDE COR", "AIDE XYZ"])
def test_help_is_one_or_two_messages_without_a_number(harness: Harness, text: str) -> None:
    answer = harness.told(text)
    assert not any(sign.isdigit() for sign in answer)
    assert harness.rows("reply")[-1].parts <= 2


def test_help_tells_each_role_its_own_keywords(harness: Harness) -> None:
    with heard(harness, "AIDE", AWA) as (uow, understood):
        assert help_on(uow, understood) == (
            "PEC, NUT, SMI ou STK, mois, codes et nombres. Mots: OUI NON COR ANNULE RAS AIDE LANGUE "
            "ETAT SUITE RCU RUPT REF PARTI REFUS FAIT. AIDE et un mot l'explique."
        )
    assert harness.told("AIDE", STRANGER) == (
        "Ce numero n'est pas inscrit, rien n'est note. Voyez le DTC de votre centre."
    )
