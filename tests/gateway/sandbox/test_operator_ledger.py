"""Tests of the operator's memory: faults are used up, and a bad one is refused in words."""

from typing import Any

import pytest

from gateway.sandbox.operator_ledger import NO_FAULT, BadFault, Ledger, read_fault

PHONE, OTHER = "+22370000001", "+22370000002"


def accept(ledger: Ledger, phone: str) -> int:
    return ledger.accept(
        message_id="ATXid_1", phone=phone, text="PEC", sender="", parts=1, cost="0", at="now"
    ).id


def test_messages_are_numbered_and_found_by_phone() -> None:
    ledger = Ledger()
    assert [accept(ledger, phone) for phone in (PHONE, OTHER, PHONE)] == [1, 2, 3]
    assert [kept.id for kept in ledger.messages(PHONE, 1, 9)] == [3]
    assert [kept.id for kept in ledger.messages(None, 0, 2)] == [1, 2]
    assert ledger.count() == 3


def test_a_fault_is_used_up_by_the_sends_it_fits() -> None:
    ledger = Ledger()
    ledger.plan(read_fault({"http": 503, "phone": OTHER}))
    ledger.plan(read_fault({"recipient": 405, "times": 2}))
    assert ledger.faults_left() == 3
    assert [ledger.next_fault(PHONE).recipient for _ in range(3)] == [405, 405, 0]
    assert ledger.next_fault(OTHER).http == 503
    assert ledger.next_fault(OTHER) == NO_FAULT


@pytest.mark.parametrize("wanted", [None, [], {"rain": 1}, {"times": 0}, {"http": "x"}])
def test_a_fault_that_cannot_be_understood(wanted: Any) -> None:
    with pytest.raises(BadFault):
        read_fault(wanted)


def test_reports_are_noted_in_order() -> None:
    ledger = Ledger()
    ledger.reported("ATXid_1", "Sent", 200)
    ledger.reported("ATXid_1", "Success", None)
    assert [(row["status"], row["answer"]) for row in ledger.reports()] == [
        ("Sent", 200), ("Success", None),
    ]  # fmt: skip
