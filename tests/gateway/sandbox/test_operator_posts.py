"""Tests of the operator's posts: their fields in the captured order, and how often they come."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.sandbox.operator_posts import (
    RETRIES,
    NotAccepted,
    deliver_until_accepted,
    delivery_form,
    dialogue_end_form,
    encode,
    hop_form,
    inbound_form,
    new_dialogue_id,
)
from gateway.sandbox.serving import LoopbackServer, serving
from tests.gateway.sandbox.noting_gateway import Gateway

PHONE = "+22370000001"
AT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)


def test_an_inbound_sms_has_the_captured_order_of_fields() -> None:
    form = inbound_form(PHONE, "PEC 10 é", at=AT, provider_id="x1", link_id="L")
    assert encode(form) == (
        b"date=2026-11-03+08%3A15%3A00&from=%2B22370000001&id=x1&linkId=L"
        b"&text=PEC+10+%C3%A9&to=38400&cost=None&networkCode=99999"
    )


def test_an_inbound_sms_in_its_other_forms() -> None:
    bamako_plus_1 = AT.astimezone(timezone(timedelta(hours=1)))
    form = inbound_form(
        PHONE, "5+5", at=bamako_plus_1, provider_id="x1", network=None, iso_date=True
    )
    assert encode(form, raw_plus=True) == (
        b"date=2026-11-03T08%3A15%3A00Z&from=+22370000001&id=x1&text=5%2B5&to=38400&cost=None"
    )
    ids = {inbound_form(PHONE, "PEC", at=AT)["id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_hop_and_the_end_of_its_dialogue() -> None:
    hop = hop_form(PHONE, "*384*1#", "1*2", dialogue_id=new_dialogue_id())
    assert list(hop) == ["phoneNumber", "serviceCode", "text", "sessionId", "networkCode"]
    assert len(hop["sessionId"]) == 38
    end = dialogue_end_form(hop, at=AT, status="Failed", seconds=1.5, hops=2, screen="Oops")
    assert end["durationInMillis"] == "1500"
    assert end["input"] == "1*2"
    assert "errorMessage" in end
    assert "failureReason" in delivery_form("x", PHONE, "Rejected")


@pytest.mark.parametrize("refusals", [[], [503, 500], [201, 204, 302, 404]])
def test_an_inbound_sms_comes_back_until_exactly_200(refusals: list[int]) -> None:
    gateway = Gateway(*refusals)
    pauses: list[float] = []
    form = inbound_form(PHONE, "PEC 10", at=AT)
    with serving(gateway.app) as base:
        url = f"{base}/at/secret/sms"
        tries = deliver_until_accepted(url, form, minute=7.0, sleep=pauses.append)
    assert tries == len(refusals) + 1
    assert pauses == [7.0] * len(refusals)
    assert len({body for _, body in gateway.posts}) == 1


def test_an_inbound_sms_waits_for_a_gateway_that_is_away() -> None:
    gateway = Gateway()
    holder = LoopbackServer(gateway.app)
    holder.server_close()
    started: list[threading.Thread] = []

    def wake(_: float) -> None:
        server = LoopbackServer(gateway.app, holder.server_port)
        started.append(threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True))
        started[0].start()
        servers.append(server)

    servers: list[LoopbackServer] = []
    form = inbound_form(PHONE, "PEC 10", at=AT)
    assert deliver_until_accepted(f"{holder.url}/at/secret/sms", form, sleep=wake) == 2
    servers[0].shutdown()
    servers[0].server_close()


def test_after_twelve_hours_the_operator_gives_up() -> None:
    gateway = Gateway(*[503] * RETRIES)
    with serving(gateway.app) as base, pytest.raises(NotAccepted) as caught:
        deliver_until_accepted(f"{base}/at/secret/sms", inbound_form(PHONE, "PEC", at=AT), minute=0)
    assert (caught.value.attempts, caught.value.last) == (720, 503)
