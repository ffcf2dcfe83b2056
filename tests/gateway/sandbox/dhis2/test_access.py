"""Tests of the sandbox's authentication: the account is let in, and each refusal is DHIS2's."""

import pytest
from flask import Flask, request

from gateway.sandbox.dhis2.access import (
    DEFAULT_PASSWORD,
    DEFAULT_TOKEN,
    DEFAULT_USERNAME,
    Account,
    refuse,
    token_for,
)

UNKNOWN = token_for("OtherOtherOtherOtherOtherOther12")
EXPIRED = token_for("SpentSpentSpentSpentSpentSpent12")
AJAX = {"X-Requested-With": "XMLHttpRequest"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"ApiToken {DEFAULT_TOKEN}"}, None),
        ({"Authorization": f"ApiToken {UNKNOWN}"}, 401),
        ({"Authorization": f"ApiToken {EXPIRED}"}, 401),
        ({"Authorization": f"ApiToken {DEFAULT_TOKEN[:-1]}x"}, 400),
        ({"Authorization": "Basic Zm9vOmJhcg=="}, 401),
        (AJAX, 401),
        ({}, 302),
    ],
)
def test_who_is_let_in(headers: dict[str, str], status: int | None) -> None:
    account = Account(expired={EXPIRED})
    with Flask("test").test_request_context("/api/me", headers=headers):
        answer = refuse(account, request)
    assert (None if answer is None else answer.status_code) == status


def test_the_password_lets_in() -> None:
    auth = (DEFAULT_USERNAME, DEFAULT_PASSWORD)
    with Flask("test").test_request_context("/api/me", auth=auth):
        assert refuse(Account(), request) is None
