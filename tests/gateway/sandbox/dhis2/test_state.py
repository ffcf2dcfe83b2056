"""Tests of the server's data: look-ups by scheme, rights, compulsory values and zeros."""

from gateway.sandbox.dhis2.state import reference
from tests.gateway.sandbox.dhis2.importing import job_of
from tests.gateway.sandbox.dhis2.world import (
    DEFAULT,
    KANI,
    KOLA,
    QUIET,
    SEEN,
    SET,
    SHUT,
    SPLIT,
    YOUNG,
    world,
)


def test_an_object_is_found_by_scheme() -> None:
    state = world().sandbox.state
    assert state.find("dataElements", "uid", SEEN) == SEEN
    assert state.find("dataElements", "code", "SEEN") == SEEN
    assert state.find("dataElements", "name", "SEEN name") == SEEN
    assert state.find("dataElements", "uid", "SEEN") is None


def test_the_account_captures_below_its_roots() -> None:
    state = world().sandbox.state
    kola = state.org_units[KOLA]
    assert state.may_capture(kola)
    state.capture_roots.add(SHUT)
    assert not state.may_capture(kola)
    state.capture_roots.add(KANI)
    assert state.may_capture(kola)


def test_what_is_missing_and_what_is_trimmed() -> None:
    here = world()
    state, place = here.sandbox.state, (KOLA, "202610")
    wanted = [(SEEN, DEFAULT), (QUIET, DEFAULT)]
    assert state.missing(place, wanted) == "QUIET name"
    for element in (SEEN, QUIET):
        slot = (element, DEFAULT, DEFAULT)
        job_of(here).put(SET, place, slot, "0", "", deleted=False)
    assert state.missing(place, wanted) == ""
    assert state.trim(lambda _uid: False) == 1
    assert (state.value(SEEN, "202610", KOLA), state.value(QUIET, "202610", KOLA)) == ("0", None)


def test_look_ups_follow_the_metadata() -> None:
    state = world().sandbox.state
    assert YOUNG in state.elements[SPLIT].combos
    assert SET in state.data_sets_of[SEEN]
    assert reference({"parent": {"id": KANI}}, "parent") == KANI
    assert reference({}, "parent", "x") == "x"
