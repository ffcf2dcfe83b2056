"""Tests of the comparison with DHIS2, cell by cell, and that what differs is sent again."""

from datetime import UTC, datetime

import pytest

from gateway.dhis2 import reconciliation
from gateway.dhis2.metadata import data_set_uid, field_target
from gateway.dhis2.reconciliation import Verified
from gateway.model.outcomes import TryLater
from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.model import DEFAULT_OPTION_COMBO
from gateway.transports import dhis2_reads
from menus.model.period import Period
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import FANTA, ISSA, OCTOBER, PEC, Harness

HERE = ("KolaSite001", OCTOBER)


def verify(harness: Harness, dhis2: FarSide) -> Verified:
    found = reconciliation.verify(
        harness.engine,
        dhis2.target.client,
        harness.context,
        Period.parse(OCTOBER),
        harness.clock.now,
    )
    assert isinstance(found, Verified)
    return found


def told(found: Verified) -> list[tuple[str, str, str | None, str | None, str]]:
    return [(one.unit, one.code, one.wanted, one.found, one.state) for one in found.differences]


def element(harness: Harness, code: str) -> str:
    target = field_target(harness.catalogue.forms["PEC"], code)
    assert target is not None
    return target[0]


def change(harness: Harness, dhis2: FarSide, code: str, value: str | None) -> None:
    """Write in DHIS2 behind the gateway's back: another value, or none."""
    slot = (element(harness, code), DEFAULT_OPTION_COMBO, DEFAULT_OPTION_COMBO)
    with dhis2.sandbox.held() as state:
        some = next(iter(state.cells[HERE].values()))
        state.cells[HERE].pop(slot, None)
        if value is not None:
            state.cells[HERE][slot] = some._replace(value=value, deleted=False)


def keep_no_zero(harness: Harness, dhis2: FarSide, code: str) -> None:
    uid = element(harness, code)
    with dhis2.sandbox.held() as state:
        raw = state.objects["dataElements"][uid]
        state.objects["dataElements"][uid] = {**raw, "zeroIsSignificant": False}
        state.rebuild()


def test_all_that_was_sent_is_there(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    harness.told(PEC, FANTA)
    harness.told(PEC, ISSA)
    dhis2.send()
    assert verify(harness, dhis2) == Verified(Period.parse(OCTOBER), 26, ())


def test_days_out_that_stock_outs_fix_are_wanted_too(harness: Harness, dhis2: FarSide) -> None:
    harness.told("RUPT ENF", sent=datetime(2026, 10, 20, 12, tzinfo=UTC))
    harness.told("STK 10 BEB 24 ENF 0 KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20")
    harness.told("SAY 15 CAP 100")
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "12"
    assert verify(harness, dhis2) == Verified(Period.parse(OCTOBER), 13, ())


def test_what_differs_is_listed_and_sent_again(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    change(harness, dhis2, "POS", "99")
    change(harness, dhis2, "VUS", None)
    found = verify(harness, dhis2)
    assert told(found) == [
        ("KOLA", "VUS", "45", None, "differs"),
        ("KOLA", "POS", "28", "99", "differs"),
    ]
    assert dhis2.send() == 0
    assert reconciliation.repair(harness.engine, found, harness.clock.now) == 1
    assert dhis2.held()["POS"] == "99"
    assert dhis2.send() == 1
    assert dhis2.held() == HELD
    assert verify(harness, dhis2).differences == ()


def test_what_is_merely_lacking_is_sent_again_too(harness: Harness, dhis2: FarSide) -> None:
    """We believe that DHIS2 holds it all, and must not trust that."""
    harness.told(PEC)
    dhis2.send()
    change(harness, dhis2, "VUS", None)
    reconciliation.repair(harness.engine, verify(harness, dhis2), harness.clock.now)
    dhis2.send()
    assert dhis2.held() == HELD


def test_what_is_on_its_way_or_refused_is_told_apart(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    assert {one.state for one in verify(harness, dhis2).differences} == {"waiting"}
    harness.change_rows("dhis2", state="sending")
    assert {one.state for one in verify(harness, dhis2).differences} == {"sending"}
    harness.change_rows("dhis2", state="refused")
    found = verify(harness, dhis2)
    assert {one.state for one in found.differences} == {"refused"}
    assert len(found.differences) == 13
    reconciliation.repair(harness.engine, found, harness.clock.now)
    dhis2.send()
    assert dhis2.held() == HELD


@pytest.mark.parametrize("keeps", [True, False])
def test_a_zero_may_be_missing_where_dhis2_keeps_none(
    harness: Harness, dhis2: FarSide, keeps: bool
) -> None:
    if not keeps:
        keep_no_zero(harness, dhis2, "DCD")
    harness.told(PEC)
    dhis2.send()
    change(harness, dhis2, "DCD", None)
    expected = [("KOLA", "DCD", "0", None, "differs")] if keeps else []
    assert told(verify(harness, dhis2)) == expected


def test_what_others_entered_is_theirs(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    change(harness, dhis2, "VUN", "3")  # optional, and it was not typed
    assert told(verify(harness, dhis2)) == []


def test_what_was_withdrawn_and_came_back_is_deleted_again(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC)
    dhis2.send()
    for text in ("ANNULE", "OUI"):
        harness.clock.advance(minutes=1)
        harness.told(text)
    dhis2.send()
    assert told(verify(harness, dhis2)) == []
    change(harness, dhis2, "POS", "28")
    found = verify(harness, dhis2)
    assert told(found) == [("KOLA", "POS", None, "28", "differs")]
    reconciliation.repair(harness.engine, found, harness.clock.now)
    dhis2.send()
    assert dhis2.held() == {}


def test_values_of_another_attribute_are_not_ours(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    slot = (element(harness, "POS"), DEFAULT_OPTION_COMBO, "OtherAttr01")
    with dhis2.sandbox.held() as state:
        some = next(iter(state.cells[HERE].values()))
        state.cells[HERE][slot] = some._replace(value="99")
    assert told(verify(harness, dhis2)) == []


def test_many_units_are_asked_about_some_at_a_time(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    units = [f"Unit{number:07d}" for number in range(dhis2_reads.UNITS)]
    before = len(dhis2.calls())
    data_set = data_set_uid(harness.catalogue.forms["PEC"])
    found = dhis2_reads.values(
        dhis2.target.client, data_set, OCTOBER, [*units, "KolaSite001"], DEFAULT_OPTION_COMBO
    )
    assert isinstance(found, dict)
    assert sorted(found.values()) == sorted(HELD.values())
    assert dhis2.calls()[before:].count("dataValueSets") == 2


def test_a_server_that_is_away_is_said(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.fail(Kind.DOWN)
    found = reconciliation.verify(
        harness.engine,
        dhis2.target.client,
        harness.context,
        Period.parse(OCTOBER),
        harness.clock.now,
    )
    assert isinstance(found, TryLater)
    assert found.reason == "http_503"
