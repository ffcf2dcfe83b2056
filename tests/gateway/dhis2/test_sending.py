"""Tests of sending claim after claim, and of the hold on their rows."""

from datetime import timedelta

from sqlalchemy import Engine

from gateway.dhis2.sending import renew, send_claims
from tests.gateway.harness import NOON, Clock
from tests.gateway.storage.outbox_rows import change, claim, rows, units, want


def test_claims_are_sent_until_there_is_nothing_to_do() -> None:
    settled = iter([3, 0, 4, None, 9])
    assert send_claims(lambda: next(settled), Clock(), None) == 7


def test_no_claim_is_begun_once_the_time_has_passed() -> None:
    clock = Clock()

    def send() -> int:
        clock.advance(seconds=1)
        return 1

    assert send_claims(send, clock, NOON + timedelta(seconds=3)) == 3
    assert send_claims(send, clock, NOON) == 0


def test_a_lease_is_renewed_only_while_it_is_held(engine: Engine) -> None:
    want(engine, units(engine)[:2])
    token, _ = claim(engine)
    ids = [row.id for row in rows(engine)]
    change(engine, lease_until=1)
    assert renew(engine, token, ids, 60)
    assert {row.lease_until > 1 for row in rows(engine)} == {True}
    assert not renew(engine, "other", ids, 60)
