"""The four outcomes of sending something: what each assumes where nothing else is said."""

from typing import get_args

from gateway.model.outcomes import Delivered, Outcome, Refused, TryLater, Unknown


def test_there_are_four_outcomes() -> None:
    assert get_args(Outcome) == (Delivered, Refused, TryLater, Unknown)


def test_an_outage_is_of_the_whole_destination_and_not_ours() -> None:
    assert TryLater("timeout") == TryLater("timeout", "", None, everyone=True, ours=False)


def test_only_the_reason_need_be_known() -> None:
    assert (Delivered().reference, Delivered().facts) == ("", {})
    assert (Refused("E7640").detail, Refused("E7640").facts) == ("", {})
    assert Unknown("timeout").detail == ""
