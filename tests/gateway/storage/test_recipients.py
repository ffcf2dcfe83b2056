"""Tests of the people who are told something: one phone each, in their language."""

from gateway.storage import conversations, recipients
from gateway.storage.conversations import Conversation
from gateway.storage.recipients import Recipient
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    NOON,
    OCTOBER,
    OUMAR,
    Harness,
    person,
    unit,
)

DISTRICT = "+22370000201"
SECOND = "+22370000055"


def test_units_with_a_role_come_in_pages_by_id(harness: Harness) -> None:
    kola, tene, sirakoro = (harness.unit_id(code) for code in ("KOLA", "TENE", "SIRAKORO"))
    with harness.engine.begin() as connection:
        first = recipients.with_role_after(connection, "asc", 0, 2, OCTOBER)
        assert {unit_id: [to.phone for to in found] for unit_id, found in first.items()} == {
            kola: [AWA, OUMAR],
            tene: [FANTA, OUMAR],
        }
        assert first[tene][0] == Recipient(tene, FANTA, "bm")
        second = recipients.with_role_after(connection, "asc", tene, 1, OCTOBER)
        assert second == {sirakoro: [Recipient(sirakoro, ISSA, "fr")]}
        assert recipients.with_role_after(connection, "asc", 10**6, 9, OCTOBER) == {}


def test_of_two_phones_of_a_person_the_one_that_wrote_last_counts(harness: Harness) -> None:
    name = person(AWA, "asc", "KOLA").name
    second = person(SECOND, "asc", "KOLA")
    harness.enrol((), [type(second)(second.place, SECOND, name, "asc", "KOLA", "fr", True)])
    kola = harness.unit_id("KOLA")
    with harness.engine.begin() as connection:
        before = recipients.with_role_at(connection, "asc", [kola], OCTOBER)
        posts = recipients.working_at(connection, [kola], OCTOBER)
        mine = next(post for post in posts if post.phone == SECOND)
        conversations.save(connection, [Conversation(mine.id, NOON)])
        after = recipients.with_role_at(connection, "asc", [kola], OCTOBER)
    assert {to.phone for to in before[kola]} == {AWA, OUMAR}
    assert {to.phone for to in after[kola]} == {SECOND, OUMAR}


def test_posts_held_at_units(harness: Harness) -> None:
    units = [harness.unit_id("TENE"), harness.unit_id("KANI")]
    with harness.engine.begin() as connection:
        found = recipients.working_at(connection, units, OCTOBER)
        assert [post.phone for post in found] == [FANTA, OUMAR, NANA]
        assert recipients.working_at(connection, [], OCTOBER) == []


def test_a_report_has_its_sender_or_the_agent_who_follows(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    harness.told("PEC 10 VUS 7", ISSA)
    ids = [harness.report(site).id for site in ("KOLA", "SIRAKORO")]
    gone = [person(AWA, "asc", "KOLA", active=False), person(ISSA, "asc", "SIRAKORO", active=False)]
    harness.enrol((), gone, since="202611")
    with harness.engine.begin() as connection:
        then = recipients.senders(connection, ids, OCTOBER)
        now = recipients.senders(connection, ids, "202611")
    assert [(sent.id, sent.sender.phone, sent.values) for sent in then] == [
        (ids[0], AWA, {"VUS": 45}),
        (ids[1], ISSA, {"VUS": 7}),
    ]
    # Nobody follows Issa.
    assert [(sent.id, sent.site_id, sent.sender.phone) for sent in now] == [
        (ids[0], harness.unit_id("KOLA"), OUMAR)
    ]


def test_the_dtc_supervises_else_the_district(harness: Harness) -> None:
    harness.enrol((unit("BLA", "facility", "DUGU"),), [person(DISTRICT, "district", "DUGU", "bm")])
    kani, dugu = harness.unit_id("KANI"), harness.unit_id("DUGU")
    above = {"KOLA": NANA, "KANI": NANA, "LONE": DISTRICT, "BLA": DISTRICT, "DUGU": DISTRICT}
    with harness.engine.begin() as connection:
        found = {
            code: recipients.supervisors(connection, harness.unit_id(code), OCTOBER)
            for code in above
        }
        assert recipients.supervisors(connection, harness.unit_id("ML"), OCTOBER) == []
    assert {code: [to.phone for to in people] for code, people in found.items()} == {
        code: [phone] for code, phone in above.items()
    }
    assert found["KOLA"] == [Recipient(kani, NANA, "fr")]
    assert found["LONE"] == [Recipient(dugu, DISTRICT, "bm")]
