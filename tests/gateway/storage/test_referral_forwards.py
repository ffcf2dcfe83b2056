"""Tests of the forwards of referrals: one row for the event of each."""

from dataclasses import replace

from gateway.storage import referral_forwards
from gateway.storage.referral_forwards import EventRow
from tests.gateway.harness import NOON, OCTOBER
from tests.gateway.referral_harness import ReferralHarness


def test_an_event_is_requested_once_and_claimed_with_its_revision(
    referral_harness: ReferralHarness,
) -> None:
    referral_harness.refer()
    referral_harness.refer("REF 3 M CV")
    first, second = referral_harness.referrals()
    clock = referral_harness.clock
    with referral_harness.engine.begin() as connection:
        again = {first.id: first.site_id}
        referral_forwards.request(connection, again, OCTOBER, clock.now)
        token, (row,) = referral_forwards.claim(connection, 1, 60, clock.now)
        _, (other,) = referral_forwards.claim(connection, 9, 60, clock.now)
        assert referral_forwards.claim(connection, 9, 60, clock.now)[1] == []
    assert row == EventRow(row.id, first.id, 2, 0, None)
    assert replace(other, id=0) == EventRow(0, second.id, 1, 0, None)
    rows = {found.referral_id: found for found in referral_harness.rows("referral")}
    assert rows[first.id].lease == token
    assert rows[first.id].key == f"referral:{first.id}"
    assert rows[first.id].unit_id == first.site_id
    assert {found.state for found in rows.values()} == {"sending"}


def test_nothing_is_due_before_its_time(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    before = NOON.replace(hour=1)
    with referral_harness.engine.begin() as connection:
        assert referral_forwards.claim(connection, 9, 60, before)[1] == []
