"""Tests of `kibaru phone`: a typed line reaches the webhooks as the operator would post it."""

import builtins
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import BinaryIO

import pytest

from gateway.sandbox.gateway_address import GatewayAddress, NoGateway
from tests.gateway.sandbox.canned_gateway import PHONE, TOKEN, Phone, Ticks, closed_port, demo


@pytest.fixture
def phone() -> Iterator[Phone]:
    with demo() as made:
        yield made


def test_each_line_is_an_sms_and_waits_for_its_reply(phone: Phone) -> None:
    assert phone.type("PEC 10 VUS 45\n", "\n", "OUI\r\n") == 0
    assert phone.shown == [
        "> PEC 10 VUS 45", "< Recu: PEC 10 VUS 45", "  Merci",
        "> ",
        "> OUI", "< Recu: OUI", "  Merci",
    ]  # fmt: skip


def test_an_sms_is_posted_as_the_operator_posts_it(phone: Phone) -> None:
    phone.type("PEC 10 é+5")
    ((name, fields),) = phone.gateway.posts
    assert name == "sms"
    assert [field for field, _ in fields] == [
        "date", "from", "id", "text", "to", "cost", "networkCode",
    ]  # fmt: skip
    posted = dict(fields)
    assert (posted["date"], posted["from"]) == ("2026-11-03 08:15:00", PHONE)
    assert posted["text"] == "PEC 10 é+5"


def test_what_came_before_is_left_alone_and_what_came_since_is_shown(phone: Phone) -> None:
    phone.gateway.operator.send(PHONE, "vieux")
    phone.gateway.operator.send("+22370000002", "pour une autre")
    assert phone.type("PEC 10") == 0
    phone.gateway.operator.send(PHONE, "Rappel")
    assert phone.type("PEC 11") == 0
    assert [line for line in phone.shown if line.startswith("< ")] == [
        "< Recu: PEC 10", "< Recu: PEC 11",
    ]  # fmt: skip


def test_no_reply_is_said_and_fails(phone: Phone) -> None:
    phone.gateway.replies = False
    assert phone.type("PEC 10") == 1
    assert phone.shown[-1] == "! Pas de réponse après 0.3 s."


@pytest.mark.parametrize(("status", "word"), [(503, "chaque minute"), (404, "jeton"), (400, "400")])
def test_a_refused_sms_is_said_and_fails(phone: Phone, status: int, word: str) -> None:
    phone.gateway.status = status
    assert phone.type("PEC 10") == 1
    assert word in phone.shown[-1]


def test_a_dialogue_is_led_to_its_end(phone: Phone) -> None:
    assert phone.type("*384*1#", "1", "12") == 0
    assert phone.shown == [
        "> *384*1#", "| Mois ?", "| 1 Oct", "? 1", "| Combien ?", "? 12", "| Merci",
    ]  # fmt: skip
    hops = phone.gateway.named("ussd")
    assert [hop["text"] for hop in hops] == ["", "1", "1*12"]
    assert {hop["serviceCode"] for hop in hops} == {"*384*1#"}
    assert len({hop["sessionId"] for hop in hops}) == 1
    (end,) = phone.gateway.named("ussd-events")
    assert (end["status"], end["hopsCount"], end["input"]) == ("Success", "3", "1*12")


def test_what_is_typed_ahead_goes_with_the_first_hop(phone: Phone) -> None:
    assert phone.type("*384*1*1*12#") == 0
    (hop,) = phone.gateway.named("ussd")
    assert (hop["serviceCode"], hop["text"]) == ("*384*1#", "1*12")


def test_hanging_up_is_an_incomplete_dialogue(phone: Phone) -> None:
    assert phone.type("*384*1#", "1") == 1
    (end,) = phone.gateway.named("ussd-events")
    assert (end["status"], end["lastAppResponse"]) == ("Incomplete", "CON Combien ?")


@pytest.mark.parametrize("answer", ["", "Bonjour", " CON Mois ?", "con 1", "END"])
def test_a_bad_answer_ends_the_dialogue(phone: Phone, answer: str) -> None:
    phone.gateway.screens[""] = answer
    assert phone.type("*384*1#", "PEC 10") == 1
    assert "Response should start with a CON or an END" in phone.shown[1]
    assert phone.shown[-3:] == ["> PEC 10", "< Recu: PEC 10", "  Merci"]
    (end,) = phone.gateway.named("ussd-events")
    assert end["status"] == "Failed"


def test_a_drop_on_demand_goes_back_to_sms(phone: Phone) -> None:
    assert phone.type("*384*1#", "1", "/drop", "PEC 10") == 0
    assert phone.shown[-4:] == ["? /drop", "> PEC 10", "< Recu: PEC 10", "  Merci"]
    (end,) = phone.gateway.named("ussd-events")
    assert (end["status"], end["input"], end["hopsCount"]) == ("Incomplete", "1", "2")


def test_a_line_that_dropped_takes_no_answer_and_says_so(phone: Phone) -> None:
    def slow_thumbs() -> Iterator[str]:
        yield "*384*1#"
        phone.gateway.ticks.now += 30
        yield "1"
        yield "PEC 10"

    assert phone.type_all(slow_thumbs()) == 1
    assert phone.shown[3:] == [
        "? 1", "! La ligne est tombée : 30 s sans touche.", "> PEC 10", "< Recu: PEC 10", "  Merci",
    ]  # fmt: skip
    assert len(phone.gateway.named("ussd")) == 1


def test_what_a_real_phone_would_spoil_is_shown_loudly(phone: Phone) -> None:
    phone.gateway.screens[""] = "END " + "x" * 161
    assert phone.type("*384*1#") == 0
    assert phone.shown[-1] == "!! 161 SEPTETS, PLUS DE 160 : ÉCRAN COUPÉ"


def test_without_an_operator_the_sms_goes_out_all_the_same(phone: Phone) -> None:
    address = GatewayAddress(phone.address.gateway, TOKEN, None)
    assert phone.type("PEC 10", address=address) == 0
    assert "AT_API_URL" in phone.shown[-1]
    assert len(phone.gateway.posts) == 1


@pytest.mark.parametrize("gone", ["gateway", "operator"])
def test_where_nothing_answers_words_say_so(phone: Phone, gone: str) -> None:
    nobody = closed_port()
    address = GatewayAddress(
        nobody if gone == "gateway" else phone.address.gateway,
        TOKEN,
        nobody if gone == "operator" else phone.address.operator,
    )
    with pytest.raises(NoGateway) as caught:
        phone.type("PEC 10", address=address)
    assert nobody in str(caught.value)


def test_an_operator_that_is_no_sandbox_is_told_apart(phone: Phone) -> None:
    address = GatewayAddress(phone.address.gateway, TOKEN, phone.address.gateway)
    with pytest.raises(NoGateway, match="no sandbox operator"):
        phone.type("PEC 10", address=address)


def test_at_the_keyboard(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["PEC 10", "", "*384*1*1*12#"])
    prompts: list[str] = []

    def keyboard(prompt: str) -> str:
        prompts.append(prompt)
        phone.gateway.operator.send(PHONE, f"Rappel {len(prompts)}")
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(builtins, "input", keyboard)
    assert phone.at_the_keyboard() == 0
    assert prompts == ["> "] * 4
    assert phone.shown[0] == PHONE
    assert [line for line in phone.shown if line[:2] in ("< ", "| ")] == [
        "< Rappel 1", "< Recu: PEC 10", "< Rappel 2", "| Merci", "< Rappel 3",
    ]  # fmt: skip


@contextmanager
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[BinaryIO]:
    """Replace stdin by a terminal; what is written to the yielded stream is typed at it."""
    hand, screen = pty.openpty()
    with os.fdopen(screen, encoding="utf-8") as stdin, os.fdopen(hand, "wb", 0) as keys:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keys


class Slow(StringIO):
    """A screen whose reader needs 30 s for the word `Combien`."""

    def __init__(self, ticks: Ticks) -> None:
        super().__init__()
        self.ticks = ticks

    def write(self, text: str) -> int:
        self.ticks.now += 30 if "Combien" in text else 0
        return super().write(text)


def test_a_person_is_told_when_the_line_has_dropped(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.out = Slow(phone.gateway.ticks)
    with keyboard(monkeypatch) as keys:
        # Half an answer is typed when the dialogue ends; what comes then is a new SMS.
        keys.write(b"*384*1#\n1\n12")
        phone.gateway.when_over = lambda: keys.write(b"PEC 10\n\x04")
        assert phone.at_the_keyboard() == 1
    assert phone.shown[-5:] == [
        "| Combien ?", "", "! La ligne est tombée : 30 s sans touche.",
        "< Recu: PEC 10", "  Merci",
    ]  # fmt: skip


def test_ctrl_d_in_a_dialogue_drops_the_line_and_no_more(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keyboard(monkeypatch) as keys:
        keys.write(b"*384*1#\n\x04PEC 10\n\x04")
        phone.at_the_keyboard()
    assert phone.shown[-2:] == ["< Recu: PEC 10", "  Merci"]
    (end,) = phone.gateway.named("ussd-events")
    assert end["status"] == "Incomplete"


def test_ctrl_c_ends_it_quietly(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(builtins, "input", interrupted)
    assert phone.at_the_keyboard() == 0
