"""Authentication by Basic credentials or a personal access token, as DHIS2 does it.

DHIS2 docs, "Authentication": a token is `d2pat_`, 32 characters of base 64 and ten digits of
CRC32. A request of an unknown user is sent to the login page, unless it says
`X-Requested-With: XMLHttpRequest` or came with Basic credentials: then it is a 401.
"""

import re
import zlib
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Final

from flask import Request, Response

from gateway.sandbox.dhis2.frontend import bad_token, to_login, unauthorized

_TOKEN: Final = re.compile(r"(d2pat_[A-Za-z0-9+/_-]{32})(\d{10})", re.ASCII)


def token_for(secret: str) -> str:
    """Return a well-formed personal access token with this secret of 32 characters of base 64."""
    head = f"d2pat_{secret}"
    return f"{head}{zlib.crc32(head.encode()):010d}"


DEFAULT_USERNAME: Final = "asc-gateway"
DEFAULT_PASSWORD: Final = "District1-sandbox"  # noqa: S105 - the stand-in's own, on loopback
DEFAULT_TOKEN: Final = token_for("SandboxSandboxSandboxSandbox1234")


@dataclass(slots=True)
class Account:
    """The only account of the sandbox. `expired` holds tokens that were valid once."""

    username: str = DEFAULT_USERNAME
    password: str = DEFAULT_PASSWORD
    token: str = DEFAULT_TOKEN
    expired: set[str] = field(default_factory=set)


def token_of(request: Request) -> str | None:
    """Return the personal access token that the request carries, if any."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme == "ApiToken" else None


def refuse(account: Account, request: Request) -> Response | None:
    """Return the answer to a request that is not authenticated; None for the account."""
    token = token_of(request)
    if token is not None:
        return _refuse_token(account, token)
    basic = request.authorization
    if basic is not None and basic.type == "basic" and _matches(account, basic.parameters):
        return None
    if "Basic" in request.headers.get("Authorization", ""):
        return unauthorized('Basic realm="DHIS2"', "Unauthorized")
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return unauthorized("FormBased", "Unauthorized")
    return to_login()


def _refuse_token(account: Account, token: str) -> Response | None:
    if compare_digest(token.encode(), account.token.encode()) and token not in account.expired:
        return None
    if token in account.expired:
        return unauthorized("ApiToken", "Failed to authenticate API token, token has expired.")
    form = _TOKEN.fullmatch(token)
    if form is None or f"{zlib.crc32(form[1].encode()):010d}" != form[2]:
        return bad_token()
    return unauthorized("ApiToken", "The API token does not exist")


def _matches(account: Account, given: dict[str, str | None]) -> bool:
    username, password = given.get("username") or "", given.get("password") or ""
    same_name = compare_digest(username.encode(), account.username.encode())
    return compare_digest(password.encode(), account.password.encode()) and same_name
