"""Tests of the clients that settings name: none without address and account."""

import pytest

from gateway import config
from gateway.transports.clients import dhis2_client

URL = {"DHIS2_URL": "http://127.0.0.1:9102"}


@pytest.mark.parametrize(
    ("environ", "known"),
    [
        ({}, False),
        ({**URL, "DHIS2_TOKEN": "d2pat_x"}, True),
        ({**URL, "DHIS2_USERNAME": "kibaru", "DHIS2_PASSWORD": "word"}, True),
    ],
)
def test_a_client_needs_an_address_and_an_account(environ: dict[str, str], known: bool) -> None:
    client = dhis2_client(config.load(environ))
    assert (client is not None) is known
    if client is not None:
        client.close()
