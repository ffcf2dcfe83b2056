"""Tests of the open questions and notices of agents who have left."""

from datetime import timedelta

from gateway.storage import conversations, handovers, outbox_sms
from gateway.storage.conversations import Conversation
from gateway.storage.outbox_sms import NewNotice
from tests.gateway.harness import AWA, FANTA, ISSA, NOON, OUMAR, Harness, person

LATER = NOON + timedelta(days=1)


def leave(harness: Harness, *people: tuple[str, str]) -> None:
    gone = [person(phone, "asc", at, active=False) for phone, at in people]
    harness.enrol((), gone, since="202611")


def test_agents_who_left_with_something_open(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    notice = NewNotice("n", FANTA, "alert", NOON, LATER, "x", unit_id=harness.unit_id("TENE"))
    with harness.engine.begin() as connection:
        outbox_sms.add_notices(connection, [notice], NOON)
        conversations.save(connection, [Conversation(3, NOON)])  # Issa stays
    leave(harness, (AWA, "KOLA"), (FANTA, "TENE"), (OUMAR, "TENE"))
    with harness.engine.begin() as connection:
        assert handovers.posts_left(connection, "202610") == []
        left = handovers.posts_left(connection, "202611")
    assert [(post.phone, post.unit_id) for post in left] == [
        (AWA, harness.unit_id("KOLA")),
        (FANTA, harness.unit_id("TENE")),
    ]


def test_notices_about_the_site_go_to_another_phone(harness: Harness) -> None:
    tene, kola = harness.unit_id("TENE"), harness.unit_id("KOLA")
    notices = [
        NewNotice(f"{unit}:{phone}", phone, "alert", NOON, LATER, "x", unit_id=unit)
        for unit in (tene, kola)
        for phone in (FANTA, OUMAR)
    ]
    with harness.engine.begin() as connection:
        outbox_sms.add_notices(connection, notices, NOON)
        handovers.reassign_notices(connection, tene, [FANTA], ISSA)
    found = {row.key: row.phone for row in harness.rows("notice")}
    assert found == {
        f"{tene}:{FANTA}": ISSA,
        f"{tene}:{OUMAR}": OUMAR,
        f"{kola}:{FANTA}": FANTA,
        f"{kola}:{OUMAR}": OUMAR,
    }
