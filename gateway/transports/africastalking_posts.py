"""Read Africa's Talking's posts: inbound SMS, delivery reports, opt-outs, USSD hops.

Pure: form fields in, values out. Sources: Africa's Talking's documentation of SMS
notifications, delivery reports and USSD; captured traffic for what it leaves open (the space
that a raw `+` becomes, the second form of a date, network codes that are in no list).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

# Longer than anything the operator sends; a longer value is cut, so that no column overflows. A
# longer message id is hashed: two ids that begin alike must not become equal.
ID_LIMIT: Final = 200
PHONE_LIMIT: Final = 40
WORD_LIMIT: Final = 40
NETWORK_LIMIT: Final = 20
REASON_LIMIT: Final = 80

# By delivery status, whether it is final. A status that is not listed is taken as interim.
DELIVERY_FINAL: Final[Mapping[str, bool]] = {
    "Sent": False,
    "Submitted": False,
    "Buffered": False,
    "Success": True,
    "Failed": True,
    "Rejected": True,
    "AbsentSubscriber": True,
    "Expired": True,
}


class MissingField(Exception):
    """Raised when a post lacks a field that it cannot do without; `name` is the operator's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"missing field: {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class InboundSms:
    """One SMS from a phone. `sent_at` is UTC, None when absent or unreadable."""

    provider_id: str
    phone: str
    to: str
    text: str
    sent_at: datetime | None
    network: str
    link_id: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The state of an SMS of ours. `final` means that no later report may change it."""

    message_id: str
    status: str
    reason: str
    final: bool
    phone: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """The request of a phone number for no more bulk SMS from this sender id."""

    phone: str
    sender_id: str


@dataclass(frozen=True, slots=True)
class UssdHop:
    """One hop of a dialogue. `text` holds all its inputs so far, joined by `*`."""

    dialogue_id: str
    service_code: str
    phone: str
    text: str
    network: str


@dataclass(frozen=True, slots=True)
class UssdEnd:
    """The end of a dialogue. `complete` means that it reached a last screen of ours."""

    dialogue_id: str
    phone: str
    complete: bool


def read_inbound(form: Mapping[str, str]) -> InboundSms:
    """Read an inbound SMS notification from its decoded form fields.

    Any text is taken, also an empty one; what a database cannot hold (NUL, half a surrogate
    pair) becomes U+FFFD. Any `networkCode` is taken: Mali's are in no list of the operator.
    Raises MissingField for `id` and `from` absent or blank, and for `text` absent.
    Source: Africa's Talking, SMS notifications.
    """
    if "text" not in form:
        raise MissingField("text")
    return InboundSms(
        provider_id=_id(_needed(form, "id")),
        phone=_phone(_needed(form, "from")),
        to=_phone(form.get("to", "")),
        text=storable(form["text"]),
        sent_at=_moment(form.get("date", "")),
        network=_short(form, "networkCode", NETWORK_LIMIT),
        link_id=_short(form, "linkId", ID_LIMIT),
    )


def read_delivery(form: Mapping[str, str]) -> DeliveryReport:
    """Read a delivery report from its decoded form fields; none is refused.

    An absent field is an empty string: such a report matches no message and does no harm,
    while an answer other than 200 would only bring it back.
    Source: Africa's Talking, delivery reports.
    """
    status = _short(form, "status", WORD_LIMIT)
    return DeliveryReport(
        message_id=_short(form, "id", ID_LIMIT),
        status=status,
        reason=_short(form, "failureReason", REASON_LIMIT),
        final=DELIVERY_FINAL.get(status, False),
        phone=_phone(form.get("phoneNumber", "")),
    )


def read_opt_out(form: Mapping[str, str]) -> OptOut:
    """Read a bulk SMS opt-out from its decoded form fields.

    Raises MissingField for `phoneNumber`. Source: Africa's Talking, bulk SMS opt-out.
    """
    return OptOut(_phone(_needed(form, "phoneNumber")), _short(form, "senderId", WORD_LIMIT))


def read_hop(form: Mapping[str, str]) -> UssdHop:
    """Read one USSD hop from its decoded form fields. An absent `text` is a first hop.

    Raises MissingField for `sessionId` and `phoneNumber`. Source: Africa's Talking, USSD.
    """
    return UssdHop(
        dialogue_id=_needed(form, "sessionId")[:ID_LIMIT],
        service_code=_short(form, "serviceCode", WORD_LIMIT),
        phone=_phone(_needed(form, "phoneNumber")),
        text=storable(form.get("text", "")),
        network=_short(form, "networkCode", NETWORK_LIMIT),
    )


def read_end(form: Mapping[str, str]) -> UssdEnd:
    """Read the end of a dialogue from its decoded form fields; none is refused.

    Only `Incomplete` means that more was expected. Source: Africa's Talking, USSD events.
    """
    return UssdEnd(
        dialogue_id=_short(form, "sessionId", ID_LIMIT),
        phone=_phone(form.get("phoneNumber", "")),
        complete=_short(form, "status", WORD_LIMIT).casefold() != "incomplete",
    )


def _needed(form: Mapping[str, str], name: str) -> str:
    value = storable(form.get(name, ""))
    if not value.strip():
        raise MissingField(name)
    return value


def _id(given: str) -> str:
    return given if len(given) <= ID_LIMIT else hashlib.sha256(given.encode()).hexdigest()


def _short(form: Mapping[str, str], name: str, limit: int) -> str:
    return storable(form.get(name, "")).strip()[:limit]


def storable(text: str) -> str:
    """Return the text without what PostgreSQL or UTF-8 cannot hold.

    Halves of a surrogate pair that belong together are joined.
    """
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "\ufffd")


def _phone(raw: str) -> str:
    """Return the number as sent. A `+` that was not percent-encoded was decoded to a space."""
    bare = storable(raw).strip()
    if raw.startswith(" ") and bare.isascii() and bare.isdigit():
        bare = f"+{bare}"
    return bare[:PHONE_LIMIT]


def _moment(raw: str) -> datetime | None:
    """Parse `2017-05-03T06:04:45Z`, or with a space or milliseconds; without a zone it is UTC."""
    if len(raw.strip()) < len("2017-05-03 06:04:45"):
        return None
    try:
        moment = datetime.fromisoformat(raw.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
