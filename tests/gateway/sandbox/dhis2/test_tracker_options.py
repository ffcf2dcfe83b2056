"""Tests of the parameters of an import of events, and of what its body cannot hold."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.options import BadParameter
from gateway.sandbox.dhis2.tracker_options import events_of, from_query


def test_parameters_and_their_defaults() -> None:
    usual = from_query({"unknown": "x"})
    assert (usual.in_background, usual.all_or_nothing, usual.dry_run) == (True, True, False)
    assert set(usual.schemes.values()) == {"uid"}
    asked = from_query({"async": "false", "atomicMode": "OBJECT", "idScheme": "code"})
    assert (asked.in_background, asked.all_or_nothing) == (False, False)
    assert set(asked.schemes.values()) == {"code"}


@pytest.mark.parametrize("query", [{"async": "x"}, {"importStrategy": "MERGE"}])
def test_a_parameter_that_cannot_be_read(query: dict[str, str]) -> None:
    with pytest.raises(BadParameter):
        from_query(query)


@pytest.mark.parametrize(
    "event", [{"event": "short"}, {"occurredAt": "demain"}, {"status": "DONE"}]
)
def test_an_event_that_cannot_be_read(event: dict[str, Any]) -> None:
    with pytest.raises(BadParameter):
        events_of({"events": [event]})
    assert events_of({"events": None}) == []
