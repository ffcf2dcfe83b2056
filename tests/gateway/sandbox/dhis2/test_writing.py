"""Tests of applying a write: at once, late, cut in half, or without an answer."""

import json

import pytest

from gateway.sandbox.dhis2 import Kind
from gateway.sandbox.dhis2.writing import dropped
from tests.gateway.sandbox.dhis2.world import payload, value, world


def test_an_answer_that_never_arrives() -> None:
    with pytest.raises(ConnectionResetError):
        next(iter(dropped().response))


def test_a_late_write_is_applied_after_the_answer() -> None:
    here = world()
    here.sandbox.faults.set(Kind.LATE, 1, seconds=0.01)
    assert here.post(payload(value())).status_code == 504
    here.sandbox.settle(10)
    assert here.stored() == "7"


def test_half_an_answer() -> None:
    here = world()
    here.sandbox.faults.set(Kind.CUT, 1)
    answer = here.post(payload(value()))
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)
    assert here.stored() == "7"
