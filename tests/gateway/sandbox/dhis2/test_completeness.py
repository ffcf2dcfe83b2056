"""Tests of complete data set registrations: which are touched, and which may be removed."""

import pytest

from gateway.sandbox.dhis2.completeness import entries_of, select, touched, withdraw
from gateway.sandbox.dhis2.options import Unreadable
from tests.gateway.sandbox.dhis2.world import KOLA, NOW, SET, TIGHT, registration, world


def test_what_a_body_touches() -> None:
    body = {"completeDataSetRegistrations": [registration()]}
    assert touched(body) == [(SET, KOLA, "202610")]
    with pytest.raises(Unreadable):
        entries_of({"completeDataSetRegistrations": "all"})


def test_a_registration_is_selected_and_removed() -> None:
    here = world()
    here.complete(registration())
    state = here.sandbox.state
    (found,) = select(state, {"dataSet": [SET]})["completeDataSetRegistrations"]
    assert (found["period"], found["organisationUnit"]) == ("202610", KOLA)
    assert select(state, {"dataSet": [TIGHT]}) == {}
    assert withdraw(state, {"ds": SET, "pe": "202610", "ou": KOLA}, NOW) is None
    assert state.registrations == {}


@pytest.mark.parametrize(
    ("data_set", "period", "words"),
    [(TIGHT, "202609", "Locked"), ("Nothing", "202610", "Illegal"), (SET, "x", "Illegal")],
)
def test_a_locked_or_unknown_registration_stays(data_set: str, period: str, words: str) -> None:
    query = {"ds": data_set, "pe": period, "ou": KOLA}
    assert str(withdraw(world().sandbox.state, query, NOW)).startswith(words)
