"""`referrals.toml` is what the states and the language need, or every fault is reported."""

from pathlib import Path

import pytest

from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from menus.model.referrals import STATES
from tests.menus.conftest import Spoil, faults_of


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


def test_the_reasons_and_treatments_of_the_programme(shipped: Catalogue) -> None:
    assert list(shipped.referrals.reasons) == [
        "PG",
        "PN",
        "DG",
        "MC",
        "NN",
        "CV",
        "LE",
        "VT",
        "FE",
        "PP",
        "AU",
    ]
    assert list(shipped.referrals.treatments) == ["ART", "AMX", "SEL", "PAR", "SUC", "RIEN"]


def test_every_state_has_its_words(shipped: Catalogue) -> None:
    assert tuple(shipped.referrals.states) == STATES


def test_newborns_count_apart_and_women_not_at_all(shipped: Catalogue) -> None:
    counted = {code: reason.counts_in for code, reason in shipped.referrals.reasons.items()}
    assert counted.pop("NN") == "NND"
    assert (counted.pop("FE"), counted.pop("PP")) == ("", "")
    assert set(counted.values()) == {"RFS"}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[reasons.PG]", "[reasons.P]", "P: expected 2 to 4 letters A-Z and nothing else"),
        ('counts_in = "NND"', 'counts_in = "NNN"', "counts_in: NNN is no code of any form"),
        ("oldest = 2", "oldest = -1", "oldest: expected a number from 0 to 1200, got -1"),
        ("youngest = 0\noldest = 2", "youngest = 3\noldest = 2", "expected youngest <= oldest"),
        ('fr = "palu grave"', 'fr = "palu 2"', "short.fr: holds a digit"),
        ('aliases = ["SRO"]', 'aliases = ["PG"]', "SEL: PG is taken by PG"),
        ('aliases = ["SRO"]', 'aliases = ["SRO2"]', "expected letters A-Z and nothing else"),
        ('dhis2 = "ARRIVE"', 'dhis2 = "PARTI"', "states: PARTI stands twice in dhis2"),
        ('dhis2 = "ARRIVE"', 'dhis2 = "arrive"', "dhis2: expected capital letters"),
        ("[states.left]", "[states.gone]", "states: expected sent, left, declined"),
        ('"RIEN"\nnone = true', '"RIEN"\nnothing = true', "RIEN.nothing: unknown key"),
        ('ENCEINTE"\nadult = true', 'ENCEINTE"\nadult = "yes"', "FE.adult: expected true or false"),
    ],
)
def test_a_fault_is_told(spoilt: Spoil, old: str, new: str, fault: str) -> None:
    faults = spoilt("referrals.toml", old, new)
    assert any(fault in told and told.startswith("referrals.toml: ") for told in faults), faults


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "referrals.toml").unlink()
    assert faults_of(folder) == ["referrals.toml: the file is missing or cannot be read"]


def test_the_hours_must_go_up(spoilt: Spoil) -> None:
    old, new = "escalate_after_hours = 48", "escalate_after_hours = 24"
    fault = "programme.toml: referrals.escalate_after_hours: expected more than remind_after_hours"
    assert spoilt("programme.toml", old, new) == [fault]
