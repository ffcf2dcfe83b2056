"""Answers that come from a proxy, or from DHIS2's authentication, in place of the API's."""

import math
from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, jsonify

from gateway.sandbox.dhis2.faults import Fault, Kind
from gateway.sandbox.dhis2.summary import web_message

LOGIN_PAGE: Final = "<!DOCTYPE html><html><title>DHIS 2</title><body>Login</body></html>"
RETRY_AFTER: Final = 30


def unauthorized(scheme: str, message: str) -> Response:
    """Return DHIS2's 401, with the WWW-Authenticate of the scheme that was used."""
    response = jsonify(web_message(401, message))
    response.status_code = 401
    response.headers["WWW-Authenticate"] = scheme
    return response


def server_error(message: str) -> Response:
    """Return DHIS2's 500: a WebMessage without an import summary."""
    response = jsonify(web_message(500, message))
    response.status_code = 500
    return response


def bad_token() -> Response:
    """Return 400: a malformed token is a bad request and not a failed login."""
    response = jsonify(web_message(400, "API token is invalid"))
    response.status_code = 400
    return response


def to_login() -> Response:
    """Redirect to the login page, as Spring does: a client that follows loses its POST."""
    return Response(status=302, headers={"Location": "/login/"})


def proxy_page(status: int, title: str) -> Response:
    """Return a page as nginx makes it."""
    page = f"<html><head><title>{status} {title}</title></head><body>nginx</body></html>"
    return Response(page, status=status, mimetype="text/html")


def _down(fault: Fault) -> Response:
    response = proxy_page(503, "Service Temporarily Unavailable")
    if fault.seconds:
        response.headers["Retry-After"] = str(math.ceil(fault.seconds))
    return response


def _too_many(fault: Fault) -> Response:
    response = proxy_page(429, "Too Many Requests")
    response.headers["Retry-After"] = str(math.ceil(fault.seconds) or RETRY_AFTER)
    return response


def _moved(_: Fault) -> Response:
    """Redirect from http to https, as a proxy does.

    A client that follows turns its POST into a GET.
    """
    return Response(status=301, headers={"Location": "https://dhis2.example.org/"})


EARLY: Final[Mapping[Kind, Callable[[Fault], Response]]] = {
    Kind.DOWN: _down,
    Kind.TOO_MANY: _too_many,
    Kind.LOGIN: lambda _: to_login(),
    Kind.MOVED: _moved,
    Kind.HTML: lambda _: Response(LOGIN_PAGE, status=200, mimetype="text/html"),
    Kind.ERROR: lambda _: server_error("An unexpected error occurred"),
    Kind.TOO_LARGE: lambda _: proxy_page(413, "Request Entity Too Large"),
    Kind.UNAUTHORIZED: lambda _: unauthorized("Basic", "Unauthorized"),
    Kind.PAT_FIRST: lambda _: server_error("could not initialize proxy - no Session"),
    Kind.PAT_EXPIRED: lambda _: unauthorized(
        "ApiToken", "Failed to authenticate API token: expired"
    ),
    Kind.PAT_BAD: lambda _: bad_token(),
}
