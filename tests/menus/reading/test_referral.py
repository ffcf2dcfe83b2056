"""Referral: REF in any form is read without doubt or asked; nothing is guessed or kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.loading.loader import load
from menus.model.arguments import AGE, REASON, SEX, TREATMENTS, ReferredPatient
from menus.model.catalogue import Catalogue
from menus.reading.lexer import scan
from menus.reading.parser import read
from menus.reading.referral import refer

CATALOGUE = load()


def referred(text: str) -> ReferredPatient:
    reading = read(text, CATALOGUE)
    assert reading.command == "REF", text
    assert isinstance(reading.arguments, ReferredPatient)
    return reading.arguments


GIRL = ReferredPatient(14, "F", "PG", ("ART",))


@pytest.mark.parametrize(
    "text",
    [
        "REF 14 F PG ART",
        "ref 14 f pg art",
        "REF PG F 14 ART",
        "REF ART PG F 14",
        "REF F14 PG ART",
        "REF 14F PG ART",
        "REF 14FPGART",
        "REF14 F PG ART",
        "REF 14,F,PG,ART",
        "REF: 14/F/PG/ART",
        "REF-14-F-PG-ART",
        "REF 14;F;PG;ART.",
        "REF\n14\nF\nPG\nART",
        "REF 14mois F PG ART",
        "REF 14 mois fille PG artesunate",
        "REF 14m F PG ART",
        "REF F 14 M PG ART",
        "REF 1 an 2 mois F PG ART",
        "REF 14 F PG ART 1",
        "Bonjour REF 14 F PG ART merci",
        "REF enfant de 14 mois sexe F motif PG traitement ART",
        "REF le 14 F PG ART",
        "REF 14 F PG ART au CSCom",
        "REF 14 F PG PG ART",
    ],
)
def test_the_same_referral_in_many_forms(text: str) -> None:
    assert referred(text) == GIRL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REF 14 M PG", ReferredPatient(14, "M", "PG")),
        ("REF 3 M CV SEL PAR", ReferredPatient(3, "M", "CV", ("SEL", "PAR"))),
        ("REF 14 M LE RIEN", ReferredPatient(14, "M", "LE", ("RIEN",))),
        ("REF LE 14 M", ReferredPatient(14, "M", "LE")),
        ("REF 2 ans M DG SRO", ReferredPatient(24, "M", "DG", ("SEL",))),
        ("REF 10 jours F NN", ReferredPatient(0, "F", "NN")),
        ("REF 0 F NN", ReferredPatient(0, "F", "NN")),
        ("REF 59 M AU", ReferredPatient(59, "M", "AU")),
        ("REF FE", ReferredPatient(None, "F", "FE")),
        ("REF 0 F FE", ReferredPatient(0, "F", "FE")),
        ("REF 0 PP", ReferredPatient(0, "F", "PP")),
        ("REF 25 ans F FE", ReferredPatient(None, "F", "FE")),
    ],
)
def test_what_is_certain_is_taken(text: str, expected: ReferredPatient) -> None:
    assert referred(text) == expected


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("REF", (AGE, SEX, REASON)),
        ("REF 14 F", (REASON,)),
        ("REF 14 PG", (SEX,)),
        ("REF F PG", (AGE,)),
        ("REF PG", (AGE, SEX)),
        ("REF 14 F M PG", (SEX,)),
        ("REF PG M F 14", (SEX,)),
        ("REF 14 M FE", (SEX,)),
        ("REF 14 F PG CV", (REASON,)),
        ("REF 14 F PG RIEN ART", (TREATMENTS,)),
        ("REF 14 3 F PG", (AGE,)),
        ("REF 14 F PG 3", (AGE,)),
        ("REF 14 mois 3 F PG", (AGE,)),
        ("REF 1 an 14 mois F PG", (AGE,)),
        ("REF 60 F PG", (AGE,)),
        ("REF 0 F PG", (AGE,)),
        ("REF 14 F NN", (AGE,)),
        ("REF 4721 F PG", (AGE,)),
        ("REF 1,5 ans F PG", (AGE,)),
        ("REF 1.5 F PG", (AGE,)),
        ("REF l4 F PG", (AGE,)),
        ("REF 1O F PG", (AGE,)),
        ("REF 1½ F PG", (AGE,)),
    ],
)
def test_what_is_unclear_is_asked(text: str, unclear: tuple[str, ...]) -> None:
    assert referred(text).unclear == unclear


@pytest.mark.parametrize(
    ("text", "near", "unclear"),
    [
        ("REF 14 F PGG", "PG", (REASON,)),
        ("REF 14 F CVV", "CV", (REASON,)),
        ("REF 14 F PG ARR", "ART", (TREATMENTS,)),
        ("REF 14 F PG AXM", "AMX", (TREATMENTS,)),
        ("REF 14 F PB", "", (REASON,)),
    ],
)
def test_what_is_one_slip_away_is_asked(text: str, near: str, unclear: tuple[str, ...]) -> None:
    found = referred(text)
    assert (found.near, found.unclear) == (near, unclear)
    assert found.strange


@pytest.mark.parametrize(
    "text",
    [
        "REF 14 F PG ART Awa Traore",
        "REF Awa Traore 14 F PG ART",
        "REF 14 F PG ART mere Kadidia",
        "REF 14 F PG ART 70001234",
        "REF 14 F PG ART tel 70 00 12 34",
        "REF 14 F PG ART +223 70001234",
        "REF 14 F PG ART 7000123",
        "REF 14 F PG ART FATOUMATA COULIBALY",
        "REF 14 F PG ART Sy",
    ],
)
def test_a_name_or_a_telephone_is_dropped_and_the_rest_counts(text: str) -> None:
    found = referred(text)
    assert found.personal
    assert found.strange
    assert (found.age_months, found.sex, found.reason, found.treatments) == (
        14,
        "F",
        "PG",
        ("ART",),
    )
    assert found.unclear == ()


@given(st.text(alphabet="REFMPGNCVDATSLU 0149.,/-jmoi'½éKb", max_size=60))
def test_any_text_is_read_and_what_is_read_was_typed(text: str) -> None:
    words = text.upper().split()
    found = refer(scan(" ".join(words)), CATALOGUE)
    assert found.reason in ("", *CATALOGUE.referrals.reasons)
    typed = "".join(words)
    for code in (found.reason, *found.treatments):
        spelt = [code, *aliases(CATALOGUE, code)]
        assert any(word in typed for word in spelt)


def aliases(catalogue: Catalogue, code: str) -> tuple[str, ...]:
    choices = {**catalogue.referrals.reasons, **catalogue.referrals.treatments}
    return choices[code].aliases if code else ()
