"""The states of referrals that the catalogue must describe."""

from gateway.model.referral import ReferralState
from menus.model.referrals import STATES, Reason, Referrals, Treatment


def test_the_states_are_those_of_a_stored_referral() -> None:
    assert tuple(ReferralState) == STATES


def test_a_catalogue_may_have_no_referrals() -> None:
    empty = Referrals()
    assert (dict(empty.reasons), dict(empty.treatments), dict(empty.states)) == ({}, {}, {})


def test_reasons_and_treatments_share_what_a_choice_has() -> None:
    labels = {"fr": "Palu grave"}
    reason = Reason("PG", labels, labels, "PALU", youngest=2, oldest=59)
    treatment = Treatment("RIEN", labels, labels, "NONE", none=True)
    assert (reason.aliases, reason.adult, reason.counts_in) == ((), False, "")
    assert (treatment.aliases, treatment.none) == ((), True)
