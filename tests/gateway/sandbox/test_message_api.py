"""Tests of the operator's message API: the parts of an SMS, its price, and planned faults."""

import pytest
from flask import Flask
from smsutil import split

from gateway.sandbox.message_api import MessageApi, message_parts
from gateway.sandbox.operator_ledger import Ledger, read_fault

PHONE = "+22370000001"


@pytest.mark.parametrize(
    "text",
    ["", "a" * 160, "a" * 161, "a" * 306, "a" * 307, "€" * 80, "€" * 81, "a" * 152 + "€" * 5,
     "ɛ" * 70, "ɛ" * 71, "ɛ" * 134, "ɛ" * 135, "ç" + "a" * 69, "😀" * 35, "😀" * 36],
)  # fmt: skip
def test_parts_are_counted_as_a_phone_counts_them(text: str) -> None:
    oracle = len(split(text).parts) if text else 1
    assert message_parts(text) == oracle


def test_a_send_is_accepted_priced_and_kept() -> None:
    ledger = Ledger()
    with Flask("test").test_request_context():
        answer = MessageApi(ledger, None).take(
            {"to": PHONE, "message": "a" * 161, "from": "KIBARU"}
        )
    (recipient,) = answer.json["SMSMessageData"]["Recipients"]
    assert (answer.status_code, recipient["messageParts"], recipient["cost"]) == (
        201, 2, "KES 1.6000",
    )  # fmt: skip
    (kept,) = ledger.messages(PHONE, 0, 9)
    assert (kept.message_id, kept.sender) == (recipient["messageId"], "KIBARU")


def test_a_planned_fault_is_the_answer() -> None:
    ledger = Ledger()
    ledger.plan(read_fault({"http": 503, "body": "no"}))
    with Flask("test").test_request_context():
        answer = MessageApi(ledger, None).take({"to": PHONE, "message": "PEC"})
    assert (answer.status_code, answer.data, ledger.count()) == (503, b"no", 0)
