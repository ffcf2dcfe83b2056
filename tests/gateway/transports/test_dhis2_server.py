"""Tests of reading what a server says of itself and of the account."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.model.outcomes import Unknown
from gateway.transports.dhis2_server import Account, ServerInfo, account, server_info


@pytest.mark.parametrize(
    ("version", "family", "supported"),
    [("2.37.9", "legacy", False), ("2.42.5.2", "legacy", True), ("2.44-SNAPSHOT", "sql", True)],
)
def test_a_version_tells_the_importer(version: str, family: str, supported: bool) -> None:
    found = server_info({"version": version})
    assert isinstance(found, ServerInfo)
    assert (found.family, found.supported, found.calendar) == (family, supported, "iso8601")


@pytest.mark.parametrize("raw", [{}, {"version": 2.42}, {"version": "3.1"}, {"version": "2.x"}])
def test_no_version(raw: dict[str, Any]) -> None:
    assert isinstance(server_info(raw), Unknown)


def test_an_account_and_the_last_of_its_tokens_to_expire() -> None:
    found = account(
        {
            "username": "kibaru",
            "authorities": ["F_DATAVALUE_ADD"],
            "dataSets": ["setSetSet01"],
            "organisationUnits": [{"path": "/Country/Kani"}, "x"],
            "patTokens": [{"expire": 1_000}, {"expire": 2_000}, {}],
        }
    )
    moment = datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)
    paths, rights = ("/Country/Kani",), frozenset({"F_DATAVALUE_ADD"})
    assert found == Account("kibaru", rights, frozenset({"setSetSet01"}), paths, moment)
    assert found.may_add_values
    assert isinstance(account({}), Unknown)
