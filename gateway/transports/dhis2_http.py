"""One HTTP call to DHIS2: authorized, never redirected, within a total deadline.

This module decides that no answer came, and whether the request may have arrived all the same;
it does not decide what an answer means.
"""

import base64
import ipaddress
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import InvalidHeader, InvalidSchema, InvalidURL, MissingSchema

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.deadline import Deadline, DeadlineAdapter, Watch
from gateway.transports.dhis2_verdict import Answer

CONNECT_TIMEOUT: Final = 10.0
RESPONSE_LIMIT: Final = 32 * 1024 * 1024
LONGEST_AFTER: Final = 3600.0  # seconds; a longer Retry-After counts as an hour


# A parameter may be given several times.
Params = Mapping[str, str | Sequence[str]]


class Dhis2Http:
    """The connections to one server. `api_url` ends in `/api/`; the rest is as in `Dhis2`."""

    def __init__(self, api_url: str, auth: AuthBase, *, timeout: float, limit: int) -> None:
        self._api = api_url
        self._timeout = timeout
        self._limit = limit
        self._watch = Watch()
        self._fresh = True
        self._session = requests.Session()
        self._session.auth = auth
        # A login kept by cookie may expire on the server, which then redirects to its login page
        # whatever the Authorization says; without a cookie each call logs in by itself.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.trust_env = not _on_this_host(api_url)
        self._session.headers.update(
            {
                "Accept": "application/json",
                "User-Agent": "kibaru",
                # Without it DHIS2 answers a failed login with a redirect instead of 401.
                "X-Requested-With": "XMLHttpRequest",
            }
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self, method: str, path: str, params: Params, body: Mapping[str, Any] | None
    ) -> Answer | TryLater | Unknown:
        """Send one request to `/api/<path>`, with `body` as JSON unless it is None.

        2.43.0 fails on the first import of a token that it has not seen yet, and answers 500
        (DHIS2-21786). A call of `/api/me` makes it note the token; so the first call of a client
        is made again after a 500. Every call may be repeated without harm.
        """
        answer = self._call(method, path, params, body)
        first, self._fresh = self._fresh, False
        if first and isinstance(answer, Answer) and _is_dhis2s_own_500(answer):
            self._call("GET", "me", {"fields": "id"}, None)
            answer = self._call(method, path, params, body)
        return answer

    def _call(
        self, method: str, path: str, params: Params, body: Mapping[str, Any] | None
    ) -> Answer | TryLater | Unknown:
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = {} if data is None else {"Content-Type": "application/json"}
        # The pause between two bytes is limited by the deadline, which alone knows the reason.
        waits = (min(CONNECT_TIMEOUT, self._timeout), self._timeout + CONNECT_TIMEOUT)
        with Deadline(self._timeout, self._watch) as deadline:
            try:
                with self._session.request(
                    method, self._api + path, params=dict(params), data=data, headers=headers,
                    stream=True, allow_redirects=False, timeout=waits,
                ) as response:  # fmt: skip
                    content = _content(response, self._limit)
            except requests.RequestException as error:
                return _failure(error, deadline)
        if deadline.over:
            return Unknown("timeout")
        return Unknown("too_long") if content is None else _answer(response, content)


def _is_dhis2s_own_500(answer: Answer) -> bool:
    """Return whether a 500 is DHIS2's own: a proxy answers in HTML."""
    return answer.status == 500 and "json" in answer.content_type.lower()


class _Header(AuthBase):
    """The Authorization header, set as requests' own auth would, so that no .netrc replaces it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


def authorization(token: str | None, username: str | None, password: str | None) -> AuthBase:
    """Return the Authorization header: the token when there is one, else Basic.

    Raises ValueError when both are missing, or a token cannot stand in a header.
    """
    if token is not None:
        if not (token.isascii() and token.isprintable()):
            raise ValueError("the DHIS2 token holds characters that cannot be in a token")
        return _Header(f"ApiToken {token}")
    if username is None or password is None:
        raise ValueError("DHIS2 needs a token, or a username and a password")
    # Spring Security reads Basic credentials as UTF-8; requests would write Latin-1.
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return _Header(f"Basic {pair}")


def _on_this_host(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _content(response: requests.Response, limit: int) -> bytes | None:
    """Return the whole body, None when it is longer than the limit."""
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > limit:
            return None
    return bytes(content)


def _failure(error: requests.RequestException, deadline: Deadline) -> TryLater | Unknown:
    kind = type(error).__name__
    if deadline.sent:
        return Unknown("timeout" if deadline.over else "cut", kind)
    if isinstance(error, InvalidURL | InvalidSchema | MissingSchema | InvalidHeader):
        return TryLater("settings", kind, ours=True)
    if isinstance(error, requests.exceptions.SSLError):
        return TryLater("tls", kind, ours=True)
    return TryLater("connect", kind)


def _answer(response: requests.Response, content: bytes) -> Answer:
    return Answer(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        body=content,
        after=retry_after(response.headers),
        location=response.headers.get("Location", ""),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait by an answer's Retry-After (RFC 9110, 10.2.3), None without it.

    It is a number of seconds or a date; a date is measured from the answer's own Date, so that
    a clock that goes wrong on either side does not matter. At most an hour.
    """
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_AFTER)
    then, now = _http_date(given), _http_date(headers.get("Date", ""))
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), LONGEST_AFTER)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
