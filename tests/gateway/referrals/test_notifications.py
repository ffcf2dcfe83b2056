"""Tests of the people whom a referral concerns, and of their notices."""

from gateway.referrals import notifications
from gateway.referrals.notifications import FRESH, Event
from gateway.referrals.texts import Place
from gateway.storage import recipients
from gateway.storage.engine import reading
from gateway.storage.roster import Post
from tests.gateway.harness import AWA, FANTA, NANA, OUMAR, SIRA, person, unit
from tests.gateway.referral_harness import DISTRICT, OTHER_DTC, ReferralHarness

NOVEMBER = "202611"


def places(harness: ReferralHarness, *codes: str) -> dict[str, Place]:
    ids = {harness.unit_id(code): code for code in codes}
    with reading(harness.engine) as connection:
        found = notifications.places(connection, ids, NOVEMBER)
    return {ids[site]: place for site, place in found.items()}


def everyone(harness: ReferralHarness) -> list[Post]:
    ids = [harness.unit_id(code) for code in ("KOLA", "TENE", "LONE", "KANI", "BLA", "DUGU")]
    with reading(harness.engine) as connection:
        return recipients.working_at(connection, ids, NOVEMBER)


def phones(posts: list[Post]) -> list[str]:
    return [post.phone for post in posts]


def test_a_place_knows_its_facility_and_its_district(referral_harness: ReferralHarness) -> None:
    found = places(referral_harness, "KOLA", "LONE", "KANI")
    codes = {
        code: (
            place.site.code,
            place.facility.code if place.facility else None,
            place.district.code if place.district else None,
            place.above.code if place.above else None,
        )
        for code, place in found.items()
    }
    assert codes == {
        "KOLA": ("KOLA", "KANI", "DUGU", "KANI"),
        "LONE": ("LONE", None, "DUGU", "DUGU"),
        "KANI": ("KANI", "KANI", "DUGU", "KANI"),
    }


def test_a_referral_stays_with_its_facility_when_the_site_moves(
    referral_harness: ReferralHarness,
) -> None:
    referral_harness.refer()
    referral = referral_harness.only_referral()
    referral_harness.enrol((unit("KOLA", "site", "BLA"),), (), since=NOVEMBER)
    with reading(referral_harness.engine) as connection:
        place = notifications.places_of(connection, [referral], NOVEMBER)[referral.id]
    assert place.facility is not None
    assert (place.site.code, place.facility.code) == ("KOLA", "KANI")


def test_who_is_told(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    referral = referral_harness.only_referral()
    posts = everyone(referral_harness)
    at = places(referral_harness, "KOLA", "LONE", "BLASITE")
    assert phones(notifications.agents(posts, referral)) == [AWA]
    assert phones(notifications.at_facility(posts, at["KOLA"])) == [NANA]
    assert phones(notifications.at_facility(posts, at["BLASITE"])) == [OTHER_DTC]
    assert phones(notifications.at_facility(posts, at["LONE"])) == [DISTRICT]
    assert phones(notifications.at_district(posts, at["KOLA"])) == [DISTRICT]
    gone = person(AWA, "asc", "KOLA", active=False)
    referral_harness.enrol((), (gone,), since=NOVEMBER)
    assert phones(notifications.agents(everyone(referral_harness), referral)) == [OUMAR]


def test_an_event_is_told_once_to_each_person(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral = referral_harness.only_referral()
    now = referral_harness.clock.now
    event = Event(referral, "test", lambda texts: texts.ask_agent(referral))
    to = [post for post in everyone(referral_harness) if post.phone in (FANTA, SIRA)]
    with referral_harness.engine.begin() as connection:
        context = referral_harness.context
        assert notifications.tell(connection, context, event, to[:1], now) == 1
        assert notifications.tell(connection, context, event, to, now) == 1
    rows = {row.phone: row for row in referral_harness.rows("notice") if row.phone != NANA}
    assert rows.keys() == {FANTA, SIRA}
    assert rows[SIRA].text.startswith(f"Rappel REF {number}:")
    assert rows[SIRA].expires_at == now + FRESH
    assert rows[SIRA].next_at == now
