"""Tests of reading Africa's Talking's posts: inbound SMS, delivery reports, USSD hops."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from gateway.transports.africastalking_posts import (
    DELIVERY_FINAL,
    DeliveryReport,
    InboundSms,
    MissingField,
    OptOut,
    UssdHop,
    read_delivery,
    read_hop,
    read_inbound,
    read_opt_out,
)

CAPTURED = (
    "date=2026-11-03+08%3A15%3A00&from=%2B22370000001&id=a1b2&linkId=L-9"
    "&text=PEC+10+VUS+45&to=38400&cost=None&networkCode=61002"
)
SMS = InboundSms(
    provider_id="a1b2",
    phone="+22370000001",
    to="38400",
    text="PEC 10 VUS 45",
    sent_at=datetime(2026, 11, 3, 8, 15, tzinfo=UTC),
    network="61002",
    link_id="L-9",
)


def form(body: str) -> dict[str, str]:
    """As a web framework decodes it."""
    return dict(parse_qsl(body, keep_blank_values=True))


def sms(**changes: str) -> InboundSms:
    return read_inbound(form(CAPTURED) | changes)


def test_the_captured_post_is_read() -> None:
    assert read_inbound(form(CAPTURED)) == SMS


def test_optional_fields_may_be_absent() -> None:
    found = read_inbound(form("from=%2B22370000001&id=a1b2&text=PEC"))
    assert (found.sent_at, found.to, found.network, found.link_id) == (None, "", "", "")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("id=1&text=PEC", "from"),
        ("from=%2B22370000001&text=PEC", "id"),
        ("from=%2B22370000001&id=1", "text"),
        ("from=%2B22370000001&id=+&text=PEC", "id"),
        ("from=&id=1&text=PEC", "from"),
    ],
)
def test_a_post_without_its_heart_is_told_by_name(body: str, name: str) -> None:
    with pytest.raises(MissingField) as caught:
        read_inbound(form(body))
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("%2B22370000001", "+22370000001"),
        ("+22370000001", "+22370000001"),
        ("22370000001", "22370000001"),
        ("Orange", "Orange"),
        ("+Orange", "Orange"),
        ("36000", "36000"),
        ("%2B22370000001%00", "+22370000001\ufffd"),
        ("9" * 100, "9" * 40),
    ],
)
def test_a_number_is_kept_as_sent_and_its_lost_plus_put_back(raw: str, phone: str) -> None:
    assert read_inbound(form(f"from={raw}&id=1&text=PEC")).phone == phone


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-11-03T08:15:00Z", datetime(2026, 11, 3, 8, 15, tzinfo=UTC)),
        ("2026-11-03 08:15:00", datetime(2026, 11, 3, 8, 15, tzinfo=UTC)),
        ("2026-11-03T08:15:18.445Z", datetime(2026, 11, 3, 8, 15, 18, 445000, UTC)),
        ("2026-11-03 08:15:18.445", datetime(2026, 11, 3, 8, 15, 18, 445000, UTC)),
        (" 2026-11-03 08:15:00 ", datetime(2026, 11, 3, 8, 15, tzinfo=UTC)),
        ("2026-11-03T08:15:00+01:00", datetime(2026, 11, 3, 7, 15, tzinfo=UTC)),
        ("", None),
        ("None", None),
        ("2026-11-03", None),
        ("03/11/2026 08:15:00", None),
        ("2026-13-03 08:15:00", None),
        ("1793693700", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-11-03 08:15:\ud800", None),
    ],
)
def test_both_forms_of_a_date_are_utc_and_others_none(date: str, moment: datetime | None) -> None:
    assert sms(date=date).sent_at == moment


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("", ""),
        ("   ", "   "),
        ("PEC\0 10", "PEC\ufffd 10"),
        ("PEC \ud83d 10", "PEC \ufffd 10"),
        ("PEC \ud83d\ude00", "PEC \U0001f600"),
        ("\ufeffPEC", "\ufeffPEC"),
        ("ɛɔɲŋ çêû", "ɛɔɲŋ çêû"),
        ("9" * 10_000, "9" * 10_000),
    ],
)
def test_any_text_is_kept_as_far_as_a_database_can_hold_it(raw: str, kept: str) -> None:
    found = sms(text=raw).text
    assert found == kept
    assert found.encode("utf-8").count(0) == 0


def test_overlong_words_of_the_operator_are_cut() -> None:
    found = sms(networkCode="n" * 500, linkId="l" * 500)
    assert (len(found.network), len(found.link_id)) == (20, 200)


def test_overlong_ids_that_begin_alike_stay_two() -> None:
    ids = [sms(id="i" * 200 + end).provider_id for end in ("", "a", "b", "a")]
    assert ids[0] == "i" * 200
    assert len(set(ids)) == 3
    assert ids[1] == ids[3]
    assert all(len(name) <= 200 for name in ids)


@pytest.mark.parametrize(
    ("status", "final"),
    [*DELIVERY_FINAL.items(), ("Teleported", False), ("success", False), ("", False)],
)
def test_a_delivery_report_says_whether_it_is_final(status: str, final: bool) -> None:
    report = read_delivery(form(f"id=ATXid_1&status={status}&phoneNumber=+22370000001"))
    assert report == DeliveryReport("ATXid_1", status, "", final, "+22370000001")


def test_the_final_statuses_are_the_documented_ones() -> None:
    final = {status for status, ends in DELIVERY_FINAL.items() if ends}
    assert final == {"Success", "Failed", "Rejected", "AbsentSubscriber", "Expired"}


def test_a_refused_delivery_carries_its_reason() -> None:
    report = read_delivery(form("id=x&status=Failed&failureReason=UserInBlackList&retryCount=0"))
    assert report.reason == "UserInBlackList"


def test_an_empty_delivery_report_is_read_as_well() -> None:
    assert read_delivery({}) == DeliveryReport("", "", "", False, "")


def test_an_opt_out_names_phone_and_sender() -> None:
    assert read_opt_out(form("senderId=KIBARU&phoneNumber=+22370000001")) == OptOut(
        "+22370000001", "KIBARU"
    )
    with pytest.raises(MissingField, match="phoneNumber"):
        read_opt_out({})


def test_a_hop_is_read_as_captured() -> None:
    body = (
        "phoneNumber=%2B22370000001&serviceCode=%2A384%2A1%23&text=1*2"
        "&sessionId=ATUid_00ff&networkCode=99999"
    )
    assert read_hop(form(body)) == UssdHop("ATUid_00ff", "*384*1#", "+22370000001", "1*2", "99999")


@pytest.mark.parametrize("name", ["sessionId", "phoneNumber"])
def test_a_hop_without_its_heart_is_told_by_name(name: str) -> None:
    hop = {"sessionId": "ATUid_1", "phoneNumber": "+22370000001", "text": ""}
    del hop[name]
    with pytest.raises(MissingField, match=name):
        read_hop(hop)


def test_an_absent_text_is_a_first_hop() -> None:
    assert read_hop({"sessionId": "ATUid_1", "phoneNumber": "+22370000001"}).text == ""
