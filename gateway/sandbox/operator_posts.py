"""Africa's Talking's posts to a gateway, byte for byte in its order of fields.

Used by the sandbox operator, the terminal phone and the tests. Sources: Africa's Talking's
documentation of SMS notifications, delivery reports and USSD, and captured traffic.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote_plus
from uuid import uuid4

import requests

HANG_UP: Final = 10.0  # seconds the operator waits for an answer
RETRIES: Final = 12 * 60  # posts, one each minute for up to twelve hours
SANDBOX_NETWORK: Final = "99999"  # "Athena", the network code of the operator's own sandbox
SHORT_CODE: Final = "38400"
BAD_ANSWER: Final = "Response should start with a CON or an END"

_NUMBERS: Final = frozenset({"from", "to", "phoneNumber"})


class NotAccepted(Exception):
    """Raised when the gateway never answered 200; `last` is its last status, None for no answer."""

    def __init__(self, attempts: int, last: int | None) -> None:
        super().__init__(f"not accepted after {attempts} posts, last answer {last}")
        self.attempts = attempts
        self.last = last


def inbound_form(
    phone: str,
    text: str,
    *,
    at: datetime,
    provider_id: str | None = None,
    to: str = SHORT_CODE,
    link_id: str | None = None,
    network: str | None = SANDBOX_NETWORK,
    iso_date: bool = False,
) -> dict[str, str]:
    """Return an inbound SMS as the operator posts it to `/at/<token>/sms`.

    `at` is aware; it is sent in UTC, as `2026-11-03 08:15:00` or, with `iso_date`, in the
    documented second form `2026-11-03T08:15:00Z`. `provider_id` is made up when not given.
    """
    pattern = "%Y-%m-%dT%H:%M:%SZ" if iso_date else "%Y-%m-%d %H:%M:%S"
    form = {"date": at.astimezone(UTC).strftime(pattern), "from": phone}
    form["id"] = provider_id or str(uuid4())
    if link_id is not None:
        form["linkId"] = link_id
    form |= {"text": text, "to": to, "cost": "None"}
    if network is not None:
        form["networkCode"] = network
    return form


def hop_form(
    phone: str,
    service_code: str,
    text: str,
    *,
    dialogue_id: str,
    network: str | None = SANDBOX_NETWORK,
) -> dict[str, str]:
    """Return one USSD hop as the operator posts it to `/at/<token>/ussd`.

    `text` is cumulative.
    """
    form = {
        "phoneNumber": phone,
        "serviceCode": service_code,
        "text": text,
        "sessionId": dialogue_id,
    }
    if network is not None:
        form["networkCode"] = network
    return form


def dialogue_end_form(
    hop: Mapping[str, str],
    *,
    at: datetime,
    status: str,
    seconds: float,
    hops: int,
    screen: str,
    labels: str = "",
    error: str = BAD_ANSWER,
) -> dict[str, str]:
    """Return the end of a dialogue as posted to `/at/<token>/ussd-events`, from its last hop.

    `status` is `Success` (an END was shown), `Incomplete` (hung up or timed out) or `Failed`
    (the gateway's answer was bad, as `error` says); `screen` is the gateway's last answer and
    `labels` are the labels of its screens, joined by `|`.
    """
    form = {
        "date": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "sessionId": hop["sessionId"],
        "serviceCode": hop["serviceCode"],
        "networkCode": hop.get("networkCode", ""),
        "phoneNumber": hop["phoneNumber"],
        "status": status,
        "cost": "None",
        "durationInMillis": str(round(seconds * 1000)),
        "hopsCount": str(hops),
        "hopsMetadata": labels,
        "input": hop["text"],
        "lastAppResponse": screen,
    }
    if status == "Failed":
        form["errorMessage"] = error
    return form


def delivery_form(
    message_id: str, phone: str, status: str, reason: str = "DeliveryFailure"
) -> dict[str, str]:
    """Return a delivery report as posted to `/at/<token>/delivery`.

    Only refusals carry a reason.
    """
    form = {
        "id": message_id,
        "status": status,
        "phoneNumber": phone,
        "networkCode": SANDBOX_NETWORK,
    }
    if status in ("Failed", "Rejected"):
        form["failureReason"] = reason
    return form


def new_dialogue_id() -> str:
    """Return a dialogue id in the operator's form: `ATUid_` and 32 hexadecimal digits."""
    return f"ATUid_{uuid4().hex}"


def encode(form: Mapping[str, str], *, raw_plus: bool = False) -> bytes:
    """Encode the form as the operator does.

    `raw_plus` leaves the + of numbers unencoded, as seen in captured traffic.
    """
    return "&".join(
        f"{name}={quote_plus(value, safe='+' if raw_plus and name in _NUMBERS else '')}"
        for name, value in form.items()
    ).encode("ascii")


def post(
    http: requests.Session,
    url: str,
    form: Mapping[str, str],
    *,
    raw_plus: bool = False,
    more: Mapping[str, str] | None = None,
    seconds: float = HANG_UP,
) -> requests.Response:
    """Post the form once, with the operator's headers and `more` besides them.

    Raises requests.RequestException, a Timeout when nothing comes for so many seconds.
    """
    headers = {
        "Accept": None,  # the library's own, which the operator does not send
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "at-ussd-api/1.0",
        "Accept-Encoding": "gzip",
        **(more or {}),
    }
    body = encode(form, raw_plus=raw_plus)
    return http.post(url, data=body, headers=headers, timeout=seconds, allow_redirects=False)


def deliver_until_accepted(
    url: str,
    form: Mapping[str, str],
    *,
    minute: float = 60.0,
    raw_plus: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Post an inbound SMS as the operator does: each minute, until exactly 200, for 12 hours.

    `minute` scales the time: the seconds between two posts. Returns how many posts it took.
    Raises NotAccepted. Source: Africa's Talking's help centre, "Where are my incoming messages".
    """
    last: int | None = None
    with direct_session() as http:
        for attempt in range(1, RETRIES + 1):
            last = _answer(http, url, form, raw_plus)
            if last == 200:
                return attempt
            sleep(minute)
    raise NotAccepted(RETRIES, last)


def direct_session() -> requests.Session:
    """Return a session without the environment's proxies: all posts stay on this machine."""
    http = requests.Session()
    http.trust_env = False
    return http


def _answer(
    http: requests.Session, url: str, form: Mapping[str, str], raw_plus: bool
) -> int | None:
    try:
        return post(http, url, form, raw_plus=raw_plus).status_code
    except (requests.ConnectionError, requests.Timeout):
        return None
