"""Tests of changes of numbers: requested, accepted, remembered."""

from datetime import timedelta

from sqlalchemy import Connection, select

from gateway.storage import number_changes, outbox_sms, roster
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.tables import posts
from tests.gateway.harness import FANTA, NANA, NOON, OCTOBER, OUMAR, STRANGER, Harness

OTHER = "+22370000099"
LATER = NOON + timedelta(hours=1)


def post_ids(connection: Connection, phone: str) -> list[int]:
    return list(connection.scalars(select(posts.c.id).where(posts.c.phone == phone)))


def test_a_request_waits_until_the_new_phone_accepts(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        (nana,) = post_ids(connection, NANA)
        mine = post_ids(connection, OUMAR)
        number_changes.request(connection, mine, OTHER, nana, NOON)
        ids = number_changes.request(connection, mine, STRANGER, nana, LATER)
        assert number_changes.open_for(connection, [OTHER]) == {}
        (changes,) = number_changes.open_for(connection, [STRANGER, FANTA]).values()
        assert [change.id for change in changes] == ids
        assert {(change.old_phone, change.asked_by, change.asked_at) for change in changes} == {
            (OUMAR, nana, LATER)
        }
        assert number_changes.accepted(connection) == {}
        number_changes.accept(connection, changes, LATER)
        assert number_changes.open_for(connection, [STRANGER]) == {}
        assert post_ids(connection, STRANGER) == mine
        kola, tene = (harness.unit_id(code) for code in ("KOLA", "TENE"))
        assert number_changes.accepted(connection) == {
            (OUMAR, kola): (STRANGER, LATER),
            (OUMAR, tene): (STRANGER, LATER),
        }


def test_notices_follow_once_the_old_number_has_no_post(harness: Harness) -> None:
    notice = NewNotice("n", OUMAR, "alert", NOON, LATER, "x")
    with harness.engine.begin() as connection:
        outbox_sms.add_notices(connection, [notice], NOON)
        (nana,) = post_ids(connection, NANA)
        first, second = post_ids(connection, OUMAR)
        number_changes.request(connection, [first], STRANGER, nana, NOON)
        number_changes.accept(
            connection, number_changes.open_for(connection, [STRANGER])[STRANGER], NOON
        )
    assert harness.only("notice").phone == OUMAR
    with harness.engine.begin() as connection:
        number_changes.request(connection, [second], OTHER, nana, NOON)
        number_changes.accept(connection, number_changes.open_for(connection, [OTHER])[OTHER], NOON)
    assert harness.only("notice").phone == OTHER


def test_a_phone_that_ever_held_a_post_at_a_unit(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        tene = harness.unit_id("TENE")
        assert number_changes.was_held_at(connection, FANTA, [tene])
        assert not number_changes.was_held_at(connection, FANTA, [harness.unit_id("KOLA")])
        assert not number_changes.was_held_at(connection, STRANGER, [tene])
        assert roster.posts_of(connection, [STRANGER], OCTOBER) == {}
