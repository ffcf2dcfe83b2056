"""Switches for what goes wrong between a gateway and DHIS2, one fault at a time.

A fault holds for the next `times` requests, or until it is cleared. What a proxy or the
server's front door answers (`EARLY`) comes before any authentication; the others strike a
request that would otherwise be served.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Final

from flask import Response, jsonify

from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.summary import web_message

LOGIN_PAGE: Final = "<!DOCTYPE html><html><title>DHIS 2</title><body>Login</body></html>"
RETRY_AFTER: Final = 30
_IMPORTS: Final = ("/api/dataValueSets", "/api/tracker")


class Kind(StrEnum):
    """Every fault there is."""

    DOWN = "down"  # 503 in HTML from the proxy
    TOO_MANY = "too_many"  # 429 with Retry-After, which is `seconds`
    LOGIN = "login"  # 302 to the login page
    HTML = "html"  # 200 with the login page
    ERROR = "error"  # 500, nothing written
    TOO_LARGE = "too_large"  # 413 from the proxy, for bodies above `limit` bytes
    UNAUTHORIZED = "unauthorized"  # 401 whatever the credentials
    PAT_EXPIRED = "pat_expired"  # 401 for tokens alone
    PAT_FIRST = "pat_first"  # 500 on a token's first import (2.43.0), until it was used elsewhere
    SLOW = "slow"  # works `seconds` long, writes, answers normally
    LATE = "late"  # the proxy answers 504 at once, the write is applied `seconds` later
    RESET = "reset"  # writes, then drops the connection without an answer
    DROP = "drop"  # drops the connection before anything is written


@dataclass(slots=True)
class Fault:
    """One switch. `times` None means until cleared; `path` is a prefix, `method` "" any."""

    kind: Kind
    times: int | None = None
    seconds: float = 0.0
    limit: int = 0
    path: str = "/api/"
    method: str = ""

    def meets(self, method: str, path: str, size: int, *, by_token: bool) -> bool:
        """Whether it strikes a request, with `size` the bytes of its body."""
        if not path.startswith(self.path) or (self.method and method != self.method):
            return False
        if self.kind in (Kind.PAT_EXPIRED, Kind.PAT_FIRST) and not by_token:
            return False
        return self.kind is not Kind.TOO_LARGE or size > self.limit

    def as_json(self) -> Json:
        return {
            "kind": self.kind.value,
            "times": self.times,
            "seconds": self.seconds,
            "limit": self.limit,
            "path": self.path,
            "method": self.method,
        }


@dataclass(slots=True)
class Faults:
    """The switches that are on; the one set first strikes first."""

    _set: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._set.append(fault)

    def set(
        self,
        kind: Kind | str,
        times: int | None = None,
        *,
        seconds: float = 0.0,
        limit: int = 0,
        path: str = "/api/",
        method: str = "",
    ) -> None:
        """Turn a switch on. Raises ValueError for a kind there is not."""
        self.add(Fault(Kind(kind), times, seconds, limit, path, method))

    def clear(self) -> None:
        with self._lock:
            self._set.clear()

    def listed(self) -> list[Json]:
        with self._lock:
            return [fault.as_json() for fault in self._set]

    def take(self, method: str, path: str, size: int, *, by_token: bool) -> Fault | None:
        """The fault that this request meets, counted off; None when it meets none."""
        with self._lock:
            for fault in self._set:
                if not fault.meets(method, path, size, by_token=by_token):
                    continue
                if fault.kind is Kind.PAT_FIRST:
                    # Any use puts the token into the server's cache, and only imports fail.
                    self._set.remove(fault)
                    return fault if path.startswith(_IMPORTS) else None
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._set.remove(fault)
                return fault
        return None


def from_json(body: Mapping[str, Any]) -> Fault:
    """A switch as `POST /sandbox/faults` takes it. Raises ValueError in words."""
    unknown = set(body) - {"kind", "times", "seconds", "limit", "path", "method"}
    if unknown:
        raise ValueError(f"no such property: {', '.join(sorted(unknown))}")
    if body.get("kind") not in list(Kind):
        raise ValueError(f"kind: expected one of {', '.join(Kind)}")
    times = body.get("times")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError("times: expected a whole number from 1, or nothing")
    return Fault(
        Kind(body["kind"]),
        times,
        float(body.get("seconds", 0.0)),
        int(body.get("limit", 0)),
        str(body.get("path", "/api/")),
        str(body.get("method", "")).upper(),
    )


def unauthorized(scheme: str, message: str) -> Response:
    """DHIS2's 401, with the WWW-Authenticate of the scheme that was used."""
    response = jsonify(web_message(401, message))
    response.status_code = 401
    response.headers["WWW-Authenticate"] = scheme
    return response


def server_error(message: str) -> Response:
    """DHIS2's 500: a WebMessage without an import summary."""
    response = jsonify(web_message(500, message))
    response.status_code = 500
    return response


def to_login() -> Response:
    """Where Spring sends whom it does not know: a client that follows loses its POST."""
    return Response(status=302, headers={"Location": "/login/"})


def proxy_page(status: int, title: str) -> Response:
    """A page as nginx makes it."""
    page = f"<html><head><title>{status} {title}</title></head><body>nginx</body></html>"
    return Response(page, status=status, mimetype="text/html")


def _too_many(fault: Fault) -> Response:
    response = proxy_page(429, "Too Many Requests")
    response.headers["Retry-After"] = str(math.ceil(fault.seconds) or RETRY_AFTER)
    return response


EARLY: Final[Mapping[Kind, Callable[[Fault], Response]]] = {
    Kind.DOWN: lambda _: proxy_page(503, "Service Temporarily Unavailable"),
    Kind.TOO_MANY: _too_many,
    Kind.LOGIN: lambda _: to_login(),
    Kind.HTML: lambda _: Response(LOGIN_PAGE, status=200, mimetype="text/html"),
    Kind.ERROR: lambda _: server_error("An unexpected error occurred"),
    Kind.TOO_LARGE: lambda _: proxy_page(413, "Request Entity Too Large"),
    Kind.UNAUTHORIZED: lambda _: unauthorized("Basic", "Unauthorized"),
    Kind.PAT_FIRST: lambda _: server_error("could not initialize proxy - no Session"),
    Kind.PAT_EXPIRED: lambda _: unauthorized(
        "ApiToken", "Failed to authenticate API token: expired"
    ),
}
