"""Tests of the server as one object: loading metadata, trimming zeros, late writes."""

from threading import Event

import pytest

from gateway.sandbox.dhis2 import Kind
from tests.gateway.sandbox.dhis2.world import QUIET, SEEN, payload, unit, value, world


def test_metadata_with_a_fault_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="UnitNumber1: "):
        world().sandbox.load({"organisationUnits": [unit("UnitNumber1", "A", "UnitNowhere")]})


def test_zeros_are_trimmed_by_flag_or_by_fault() -> None:
    here = world("sql")
    here.post(payload(value(value="0"), value(dataElement=QUIET, value="0")))
    assert here.sandbox.trim() == 1
    assert (here.stored(SEEN), here.stored(QUIET)) == ("0", None)
    here.sandbox.faults.set(Kind.ZEROS)
    assert here.sandbox.trim() == 1
    assert here.stored(SEEN) is None


def test_late_work_is_waited_for() -> None:
    sandbox, go = world().sandbox, Event()
    sandbox.later(lambda: go.wait(10))
    with pytest.raises(TimeoutError):
        sandbox.settle(0.01)
    go.set()
    sandbox.settle(10)
    assert sandbox._late == []
