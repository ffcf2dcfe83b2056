"""Africa's Talking: send an SMS, and read what each answer means.

The operator's posts to us are read in `africastalking_posts`, which needs neither SDK nor
network. Sources: Africa's Talking's bulk SMS documentation; its Python SDK 2.0.3; recorded
answers of the live service.
"""

import json
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from africastalking.SMS import SMSService

from gateway.model.outcomes import Delivered, Outcome, Refused, TryLater, Unknown
from gateway.transports.africastalking_posts import ID_LIMIT, WORD_LIMIT, storable
from gateway.transports.deadline import Deadline, DeadlineAdapter, Watch

# Seconds to connect, and seconds between two pieces of the answer: the SDK's own values. The
# operator usually answers within two seconds.
TIMEOUT: Final = (3.05, 9.05)
DEADLINE: Final = 15.0  # seconds after which a call is given up, however slowly bytes come
LONGEST_AFTER: Final = 3600.0  # seconds; a longer Retry-After counts as an hour

ACCEPTED: Final = frozenset({100, 101, 102})  # Processed, Sent, Queued

# The operator's codes for a recipient whose SMS it does not take. It gives some of these names
# for the whole call as well, with an empty list of recipients.
NOT_ACCEPTED: Final[Mapping[int, Refused | TryLater]] = {
    401: Refused("RiskHold"),
    402: TryLater("InvalidSenderId", ours=True),
    403: Refused("InvalidPhoneNumber"),
    404: Refused("UnsupportedNumberType"),
    405: TryLater("InsufficientBalance", ours=True),
    406: Refused("UserInBlacklist"),
    407: TryLater("CouldNotRoute", everyone=False),
    409: Refused("DoNotDisturbRejection"),
    500: TryLater("InternalServerError", everyone=False),
    501: TryLater("GatewayError", everyone=False),
    502: TryLater("RejectedByGateway", everyone=False),
}
_BY_NAME: Final = {fate.reason: fate for fate in NOT_ACCEPTED.values()}

_HTTP_REFUSED: Final = frozenset({400, 413, 422})  # this SMS, as it is, will never be taken
_HTTP_PASSING: Final = frozenset({408, 425, 429})  # temporary, as every 5xx is

_SETTINGS: Final = TryLater("settings", "the API key or the address cannot be sent", ours=True)
_TLS: Final = TryLater("tls", "no secure connection: look at the address", ours=True)


class AfricasTalking:
    """A client that sends SMS from one account.

    Safe to share between threads; make a client after a fork, not before. `base_url` replaces the
    operator's own address (without `/version1`); without it the SDK chooses, the operator's
    sandbox when the username is `sandbox`. As many connections as `connections` are kept open
    between sends. No call lasts longer than `deadline` seconds.
    """

    def __init__(
        self,
        username: str,
        api_key: str,
        sender_id: str | None = None,
        base_url: str | None = None,
        *,
        connections: int = 16,
        deadline: float = DEADLINE,
    ) -> None:
        self._sms = _Sms(username, api_key, base_url, _http(base_url, connections))
        self._sender_id = sender_id
        self._deadline = deadline
        self._watch = Watch()

    def send(self, phone: str, text: str) -> Outcome:
        """Send one SMS to one E.164 number and return the outcome. Raises nothing.

        Delivered carries the operator's message id, and as `facts` the `cost` (text with its
        currency) and the `parts`, as far as the operator gave them. Unknown means that the SMS may
        have been sent: the operator has no idempotency key for SMS. No outcome holds the text or
        the number.
        Source: Africa's Talking, bulk SMS; success is HTTP 201 with a recipient of 100-102.
        """
        if not re.fullmatch(r"\+[1-9][0-9]{5,14}", phone):
            return Refused("InvalidPhoneNumber", "not a number in E.164 form, nothing was sent")
        message = storable(text)
        return self._attempt(
            lambda: self._sms.send(message, [phone], sender_id=self._sender_id, timeout=TIMEOUT),
            read_answer,
        )

    def check(self) -> Outcome:
        """Ask for the account's balance, so that a wrong key or address shows. Sends no SMS.

        Delivered carries `balance` (text with its currency). Raises nothing.
        """
        return self._attempt(self._sms.fetch_account, _read_account)

    def _attempt(
        self, call: Callable[[], requests.Response], read: Callable[[requests.Response], Outcome]
    ) -> Outcome:
        with Deadline(self._deadline, self._watch) as deadline:
            try:
                response = call()
            except requests.RequestException as error:
                return _read_failure(error, deadline)
            except UnicodeError:
                return _SETTINGS
        return Unknown("timeout") if deadline.over else read(response)


class _Sms(SMSService):  # type: ignore[misc]  # the SDK carries no types
    """The SDK's SMS service with our own address, one pooled session, and the whole response."""

    def __init__(
        self, username: str, api_key: str, base_url: str | None, http: requests.Session
    ) -> None:
        self._own_url = base_url
        self._http = http
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        super()._init_service()
        if self._own_url is not None:
            self._baseUrl = self._contentUrl = self._own_url.rstrip("/") + "/version1"

    def _make_request(
        self,
        url: str,
        method: str,
        *,
        headers: Mapping[str, str],
        data: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
        callback: None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> requests.Response:
        """Return the response as it came.

        The SDK's own method opens a connection for every request, loses the HTTP status, and gives
        text instead of JSON when the content type names a charset.
        """
        if callback is not None:
            raise TypeError("a callback would lose every connection error; none is supported")
        return self._http.request(
            method, url, headers=headers, data=data, params=params, timeout=timeout,
            allow_redirects=False,
        )  # fmt: skip

    def fetch_account(self) -> requests.Response:
        """Ask for the account as the SDK's application service does, over these connections."""
        return self._make_request(
            self._make_url("/user"),
            "GET",
            headers=self._headers,
            data=None,
            params={"username": self._username},
        )


def _http(base_url: str | None, connections: int) -> requests.Session:
    """Return one session for all threads. It keeps no cookies: threads would share them.

    Proxies and certificates of the environment count, except on loopback, where a proxy would
    only swallow what is meant for this host.
    """
    http = requests.Session()
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    http.trust_env = not (base_url is not None and _is_loopback(base_url))
    for scheme in ("http://", "https://"):
        http.mount(scheme, DeadlineAdapter(pool_connections=2, pool_maxsize=connections))
    return http


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_failure(error: requests.RequestException, deadline: Deadline) -> Outcome:
    """Return the outcome of a call without an answer: once bytes left, it may have arrived."""
    if deadline.sent:
        late = deadline.over or isinstance(error, requests.Timeout)
        return Unknown("timeout" if late else "reset")
    if isinstance(error, requests.exceptions.SSLError):
        return _TLS
    # InvalidURL, InvalidHeader and their like are ValueErrors as well.
    return _SETTINGS if isinstance(error, ValueError) else TryLater("connect")


def read_answer(response: requests.Response) -> Outcome:
    """Return the outcome of one send by the operator's answer; see `AfricasTalking.send`."""
    if response.status_code != 201:
        return _read_status(response)
    match _document(response):
        case {"SMSMessageData": {"Recipients": [{"statusCode": int(code)} as recipient]} as data}:
            return _read_recipient(code, recipient, data.get("Message"))
        case {"SMSMessageData": {"Recipients": [], "Message": str(message)}}:
            # Whatever the reason, the operator took nothing.
            return _BY_NAME.get(message.strip(), TryLater("no_recipients", everyone=False))
    return Unknown("unreadable")


def _read_recipient(code: int, recipient: Mapping[str, Any], message: object) -> Outcome:
    if code not in ACCEPTED:
        return NOT_ACCEPTED.get(code, Unknown(f"recipient_{code}"))
    reference = recipient.get("messageId")
    if not isinstance(reference, str) or reference == "None":
        reference = ""
    return Delivered(reference[:ID_LIMIT], _facts(recipient, message))


def _facts(recipient: Mapping[str, Any], message: object) -> dict[str, Any]:
    """Return cost and parts as far as given; parts are the recipient's or in the call's message."""
    facts: dict[str, Any] = {}
    if isinstance(cost := recipient.get("cost"), str):
        facts["cost"] = cost[:WORD_LIMIT]
    if isinstance(parts := recipient.get("messageParts"), int):
        facts["parts"] = parts
    elif isinstance(message, str) and (found := re.search(r"Message parts: ([0-9]{1,3})", message)):
        facts["parts"] = int(found[1])
    return facts


def _read_account(response: requests.Response) -> Outcome:
    if response.status_code != 200:
        return _read_status(response)
    match _document(response):
        case {"UserData": {"balance": balance}}:
            return Delivered(facts={"balance": str(balance)[:WORD_LIMIT]})
    return Unknown("unreadable")


def _read_status(response: requests.Response) -> Outcome:
    """Return the outcome that an HTTP status means by itself.

    A 3xx, 401, 403 or 404 is a wrong key or address.
    """
    status = response.status_code
    reason = f"http_{status}"
    if status in _HTTP_REFUSED:
        return Refused(reason)
    if status in _HTTP_PASSING or status >= 500:
        return TryLater(reason, after=_retry_after(response.headers))
    if status >= 300:
        return TryLater(reason, "look at AT_USERNAME, AT_API_KEY and AT_API_URL", ours=True)
    return Unknown(reason)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After (RFC 9110, 10.2.3).

    A date counts from the answer's own Date.
    """
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given[:9]), LONGEST_AFTER)
    try:
        then, now = parsedate_to_datetime(given), parsedate_to_datetime(headers.get("Date", ""))
        return min(max((then - now).total_seconds(), 0.0), LONGEST_AFTER)
    except (ValueError, TypeError, OverflowError):
        return None


def _document(response: requests.Response) -> object:
    """Return the body as JSON, whatever its content type says; None if it is not JSON."""
    try:
        document: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return document
