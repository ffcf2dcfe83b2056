"""Tests of a handset: it reads new SMS alone, waits for a reply, and says who does not answer."""

from collections.abc import Callable, Iterator

import pytest

from gateway.sandbox.gateway_address import GatewayAddress, NoGateway
from gateway.sandbox.handset import Handset
from gateway.sandbox.operator_posts import direct_session
from tests.gateway.sandbox.canned_gateway import AT, PHONE, TOKEN, Phone, closed_port, demo

Switch = Callable[[GatewayAddress], Handset]


@pytest.fixture
def phone() -> Iterator[Phone]:
    with demo() as made:
        yield made


@pytest.fixture
def handset() -> Iterator[Switch]:
    with direct_session() as http:

        def switch_on(address: GatewayAddress) -> Handset:
            return Handset(PHONE, address, http=http, clock=lambda: AT, ticks=lambda: 0.0, wait=0.3)

        yield switch_on


def test_earlier_sms_are_left_alone(phone: Phone, handset: Switch) -> None:
    first = handset(phone.address)
    assert first.send("PEC 10") == 200
    second = handset(phone.address)
    assert first.next_sms() == "Recu: PEC 10\nMerci"
    assert (first.unread(), second.unread()) == ([], [])
    assert second.send("PEC 11") == 200
    assert second.unread() == ["Recu: PEC 11\nMerci"]


def test_a_reply_that_does_not_come(phone: Phone, handset: Switch) -> None:
    phone.gateway.replies = False
    quiet = handset(phone.address)
    quiet.send("PEC 10")
    assert quiet.next_sms() is None


def test_a_gateway_that_is_away(phone: Phone, handset: Switch) -> None:
    away = handset(GatewayAddress(closed_port(), TOKEN, phone.address.operator))
    with pytest.raises(NoGateway, match="make run"):
        away.send("PEC 10")


def test_without_an_operator_no_reply_is_read(phone: Phone, handset: Switch) -> None:
    deaf = handset(GatewayAddress(phone.address.gateway, TOKEN, None))
    assert not deaf.reads_replies
    assert deaf.unread() == []
