"""Tests of the group `kibaru dhis2`: wrong usage is told before a server is asked."""

import pytest

from tests.gateway.cli.conftest import Kibaru


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("mapping", "--data-set", "x"), "a UID has 11 letters and digits"),
        (("mapping", "--data-set", "SetSetSet01", "--form", "RAIN"), "only PEC, "),
        (("mapping",), "Missing option '--data-set'"),
        (("verify",), "Missing option '--period'"),
    ],
)
def test_wrong_usage(kibaru: Kibaru, words: tuple[str, ...], told: str) -> None:
    done = kibaru("dhis2", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_server_must_be_set(kibaru: Kibaru, sqlite_url: str) -> None:
    done = kibaru("dhis2", "verify", "--period", "202610", DATABASE_URL=sqlite_url)
    assert (done.code, done.err) == (1, "DHIS2_URL and an account are not set\n")
