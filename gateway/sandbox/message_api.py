"""The sandbox operator's message API: it accepts a send, prices it, and reports its delivery.

It fails as planned. Sources: Africa's Talking's bulk SMS documentation, recorded answers of the
live service, and its documentation of delivery reports.
"""

import re
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final
from uuid import uuid4

import requests
from flask import Response, jsonify, request

from gateway.sandbox.operator_ledger import NO_FAULT, Fault, Ledger
from gateway.sandbox.operator_posts import delivery_form, direct_session, post
from gateway.sandbox.serving import SOCKET
from menus import gsm7

CURRENCY: Final = "KES"
PRICE: Final = 0.8  # price of one part, as in the recorded answers

# The recipient's `status` by each code that the operator documents.
STATUS: Final = {
    100: "Processed",
    101: "Success",
    102: "Success",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}


def message_parts(text: str) -> int:
    """Return the number of parts of the SMS: of 160 or 153 septets, else 70 or 67 UTF-16 units.

    Source: 3GPP TS 23.040, 9.2.3.24.1.
    """
    if gsm7.is_gsm7(text):
        return len(gsm7.parts(text))
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return 1 if units <= 70 else -(-units // 67)


class MessageApi:
    """The API that accepts sends, each recipient with the fault that is planned for it."""

    def __init__(self, ledger: Ledger, reporter: "Reporter | None") -> None:
        self._ledger = ledger
        self._reporter = reporter

    def take(self, form: dict[str, str]) -> Response:
        """Answer a complete, authenticated post to `/version1/messaging`."""
        numbers = [number.strip() for number in form["to"].split(",")]
        fault = self._ledger.next_fault(numbers[0])
        if fault.http:
            return Response(fault.body, fault.http, headers=dict(fault.headers))
        if fault.message:
            return _created({"Message": fault.message, "Recipients": []}, fault)
        parts = message_parts(form["message"])
        recipients = [self._recipient(number, form, parts, fault) for number in numbers]
        self._trouble(fault)
        return _created({"Message": _summary(recipients, parts), "Recipients": recipients}, fault)

    def _recipient(
        self, number: str, form: dict[str, str], parts: int, fault: Fault
    ) -> dict[str, Any]:
        code = fault.recipient or (102 if form.get("enqueue") == "1" else 101)
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
            code = 403
        if code >= 400:
            status = STATUS.get(code, "Failed")
            return {
                "statusCode": code, "number": number, "cost": "0", "status": status,
                "messageId": "None",
            }  # fmt: skip
        kept = self._ledger.accept(
            message_id=f"ATXid_{uuid4().hex}",
            phone=number,
            text=form["message"],
            sender=form.get("from", ""),
            parts=parts,
            cost=f"{CURRENCY} {PRICE * parts:.4f}",
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        if self._reporter is not None:
            self._reporter.report(kept.message_id, number, fault)
        return {
            "statusCode": code, "number": number, "cost": kept.cost, "status": STATUS.get(code, ""),
            "messageId": kept.message_id, "messageParts": parts,
        }  # fmt: skip

    def _trouble(self, fault: Fault) -> None:
        """Apply the part of a fault that comes after the message was accepted."""
        if fault.slow:
            time.sleep(fault.slow)
        if fault.lost:
            request.environ[SOCKET].shutdown(socket.SHUT_RDWR)


class Reporter:
    """A poster of delivery reports, in one thread of its own, in the order of the calls."""

    def __init__(self, ledger: Ledger, webhook_base: str) -> None:
        self._ledger = ledger
        self._url = f"{webhook_base.rstrip('/')}/delivery"
        self._waiting: SimpleQueue[tuple[str, str, str]] = SimpleQueue()
        Thread(target=self._run, name="delivery-reports", daemon=True).start()

    def report(self, message_id: str, phone: str, fault: Fault = NO_FAULT) -> None:
        """Report the fault's statuses: now when it is `early`, else soon."""
        for status in fault.delivery:
            if fault.early:
                with direct_session() as http:
                    self._post(http, message_id, phone, status)
            else:
                self._waiting.put((message_id, phone, status))

    def _run(self) -> None:
        with direct_session() as http:
            while True:
                self._post(http, *self._waiting.get())

    def _post(self, http: requests.Session, message_id: str, phone: str, status: str) -> None:
        """Post one report once: the operator documents no second try."""
        try:
            form = delivery_form(message_id, phone, status)
            answer: int | None = post(http, self._url, form).status_code
        except requests.RequestException:
            answer = None
        self._ledger.reported(message_id, status, answer)


def _created(data: dict[str, Any], fault: Fault) -> Response:
    """Return HTTP 201 with exactly `application/json`, as recorded from the live service."""
    answer = jsonify({"SMSMessageData": data})
    answer.status_code = 201
    answer.headers["Content-Type"] = fault.content_type
    return answer


def _summary(recipients: Sequence[dict[str, Any]], parts: int) -> str:
    taken = sum(1 for recipient in recipients if recipient["statusCode"] < 400)
    total = f"{CURRENCY} {PRICE * parts * taken:.4f}" if taken else "0"
    return f"Sent to {taken}/{len(recipients)} Total Cost: {total} Message parts: {parts}"
