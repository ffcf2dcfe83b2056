"""Tests of the operator's side of a USSD dialogue: its bytes, timers, checks and its end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from urllib.parse import parse_qs

import pytest
import requests
from flask import Flask, request

from gateway.sandbox.operator_dialogue import USUAL, Dialogue, DialogueDropped, Habits, split_code
from gateway.sandbox.operator_posts import direct_session
from gateway.sandbox.operator_screen import BadAnswer
from gateway.sandbox.serving import serving
from tests.gateway.sandbox.canned_gateway import AT, PHONE, TOKEN, FakeGateway, closed_port, demo


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with demo() as made:
        yield made.gateway


@contextmanager
def dialled(
    gateway: FakeGateway, code: str = "*384*1#", habits: Habits = USUAL
) -> Iterator[Dialogue]:
    with direct_session() as http:
        yield Dialogue(
            PHONE, code, webhooks=gateway.base, http=http, ticks=gateway.ticks, clock=lambda: AT,
            habits=habits,
        )  # fmt: skip


def end_of(gateway: FakeGateway) -> dict[str, str]:
    """Return the one notification that was posted."""
    (end,) = gateway.named("ussd-events")
    return end


@pytest.mark.parametrize(
    ("code", "service", "ahead"),
    [
        ("*384#", "*384#", ""),
        ("*384*1#", "*384*1#", ""),
        ("*384*1*2#", "*384*1#", "2"),
        ("*384*44135*2*3#", "*384*44135#", "2*3"),
    ],
)
def test_a_deep_dial_is_split(code: str, service: str, ahead: str) -> None:
    assert split_code(code) == (service, ahead)


def test_a_hop_is_as_captured(gateway: FakeGateway) -> None:
    with dialled(gateway) as dialogue:
        dialogue.dial()
        dialogue.answer("1")
    heads = gateway.heads[0]
    assert {name: heads[name] for name in heads if name not in ("Host", "Connection")} == {
        "User-Agent": "at-ussd-api/1.0",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept-Encoding": "gzip",
        "Content-Length": heads["Content-Length"],
    }
    names = [[name for name, _ in fields] for _, fields in gateway.posts]
    assert names == [["phoneNumber", "serviceCode", "text", "sessionId", "networkCode"]] * 2
    hops = gateway.named("ussd")
    assert [(hop["text"], hop["networkCode"]) for hop in hops] == [("", "99999"), ("1", "99999")]
    assert {re.fullmatch("ATUid_[0-9a-f]{32}", hop["sessionId"]) is None for hop in hops} == {False}
    assert len({hop["sessionId"] for hop in hops}) == 1


def test_the_body_is_as_captured(gateway: FakeGateway) -> None:
    gateway.screens = {"2*3": "END Merci"}
    with dialled(gateway, "*384*44135*2*3#") as dialogue:
        dialogue.dial()
    assert gateway.bodies[0] == (
        f"phoneNumber=%2B22370000001&serviceCode=%2A384%2A44135%23&text=2%2A3"
        f"&sessionId={dialogue.id}&networkCode=99999"
    )


def test_all_that_was_keyed_in_stays_in_the_text(gateway: FakeGateway) -> None:
    keys = ["9", "00", "12*8", "é"]
    texts = ["2", "2*9", "2*9*00", "2*9*00*12*8", "2*9*00*12*8*é"]
    gateway.screens = dict.fromkeys(texts, "CON Combien ?")
    with dialled(gateway, "*384*1*2#") as dialogue:
        dialogue.dial()
        for key in keys:
            dialogue.answer(key)
    assert [hop["text"] for hop in gateway.named("ussd")] == texts


def test_numbers_raw_and_networks_unknown_are_switches(gateway: FakeGateway) -> None:
    with dialled(gateway, habits=Habits(network=None, raw_plus=True)) as dialogue:
        dialogue.dial()
        dialogue.drop()
    assert all("phoneNumber=+22370000001&" in body for body in gateway.bodies)
    assert "networkCode" not in gateway.named("ussd")[0]
    assert end_of(gateway)["networkCode"] == ""


def test_a_repeated_hop_and_a_straggler_are_the_same_bytes_again(gateway: FakeGateway) -> None:
    gateway.labels = {"": "mois", "1": "combien"}
    with dialled(gateway) as dialogue:
        dialogue.dial()
        dialogue.answer("1")
        assert dialogue.again().text == "Combien ?"
        assert dialogue.again(0).text == "Mois ?\n1 Oct"
        assert gateway.bodies[2:] == [gateway.bodies[1], gateway.bodies[0]]
        assert [head.get("At-Ussd-Hop-Metadata") for head in gateway.heads[2:]] == ["mois", None]
        assert dialogue.answer("12").text == "Merci"
        assert dialogue.again().text == "Merci"
    end = end_of(gateway)
    assert (end["hopsCount"], end["input"], end["hopsMetadata"]) == ("3", "1*12", "mois|combien")


def test_a_label_comes_back_with_the_next_hop_and_all_with_the_end(gateway: FakeGateway) -> None:
    gateway.labels = {"": "mois", "1*12": "merci"}
    with dialled(gateway) as dialogue:
        dialogue.dial()
        dialogue.answer("1")
        dialogue.answer("12")
    assert [head.get("At-Ussd-Hop-Metadata") for head in gateway.heads] == [None, "mois", None]
    assert end_of(gateway)["hopsMetadata"] == "mois|merci"


@pytest.mark.parametrize("label", ["x" * 100, "a|b"])
def test_a_label_that_the_operator_would_not_take_is_a_fault(
    gateway: FakeGateway, label: str
) -> None:
    gateway.labels = {"": label}
    with dialled(gateway) as dialogue:
        (fault,) = dialogue.dial().faults
    assert "99" in fault


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("x" * 160, ()),
        ("x" * 161, ("161 septets, plus de 160 : écran coupé",)),
        ("€" * 81, ("162 septets, plus de 160 : écran coupé",)),
        ("kènèya", ()),
        ("kɛnɛya ê", ("hors GSM-7 : ɛ ê (il resterait 80 caractères)",)),
    ],
)
def test_what_a_phone_could_not_show_is_a_fault(
    gateway: FakeGateway, text: str, faults: tuple[str, ...]
) -> None:
    gateway.screens[""] = f"CON {text}"
    with dialled(gateway) as dialogue:
        assert dialogue.dial().faults == faults


def test_how_much_a_phone_shows_is_the_networks(gateway: FakeGateway) -> None:
    gateway.screens[""] = "CON " + "x" * 170
    with dialled(gateway, habits=Habits(septets=182)) as dialogue:
        assert not dialogue.dial().faults


# ---- how it ends -----------------------------------------------------------------------------


def test_an_end_is_a_success(gateway: FakeGateway) -> None:
    with dialled(gateway) as dialogue:
        dialogue.dial()
        gateway.ticks.now += 4.5
        dialogue.answer("1")
        gateway.ticks.now += 2.5
        assert not dialogue.answer("12").more
    (fields,) = [fields for name, fields in gateway.posts if name == "ussd-events"]
    assert fields == [
        ("date", "2026-11-03 08:15:00"),
        ("sessionId", dialogue.id),
        ("serviceCode", "*384*1#"),
        ("networkCode", "99999"),
        ("phoneNumber", PHONE),
        ("status", "Success"),
        ("cost", "None"),
        ("durationInMillis", "7000"),
        ("hopsCount", "3"),
        ("hopsMetadata", ""),
        ("input", "1*12"),
        ("lastAppResponse", "END Merci"),
    ]
    with pytest.raises(DialogueDropped):
        dialogue.answer("1")


@pytest.mark.parametrize(
    "answer",
    ["", "Bonjour", " CON Mois ?", "\nEND Merci", "con Mois ?", "END", "CON", "\ufeffCON Mois ?"],
)
def test_an_answer_that_does_not_begin_as_it_must_fails(gateway: FakeGateway, answer: str) -> None:
    gateway.screens["1"] = answer
    with dialled(gateway) as dialogue:
        dialogue.dial()
        with pytest.raises(DialogueDropped, match="should start with a CON or an END"):
            dialogue.answer("1")
    end = end_of(gateway)
    assert (end["status"], end["input"], end["lastAppResponse"]) == ("Failed", "1", answer)
    assert end["errorMessage"] == "Response should start with a CON or an END"


@pytest.mark.parametrize("status", [201, 204, 404, 500, 503])
def test_an_answer_other_than_200_fails(gateway: FakeGateway, status: int) -> None:
    gateway.status = status
    with dialled(gateway) as dialogue:
        with pytest.raises(DialogueDropped, match=str(status)):
            dialogue.dial()
        with pytest.raises(BadAnswer):
            dialogue.again()
    assert str(status) in end_of(gateway)["errorMessage"]


def test_an_answer_after_ten_seconds_fails(gateway: FakeGateway) -> None:
    gateway.takes = {"": 10.0, "1": 10.1}
    with dialled(gateway) as dialogue:
        dialogue.dial()
        with pytest.raises(DialogueDropped, match="10 s"):
            dialogue.answer("1")
    end = end_of(gateway)
    assert (end["status"], end["durationInMillis"]) == ("Failed", "20100")
    assert "10 s" in end["errorMessage"]


def test_an_answer_that_never_comes_is_not_waited_for() -> None:
    over = Event()
    silent = Flask("silent")
    ends: list[dict[str, list[str]]] = []

    @silent.post(f"/at/{TOKEN}/ussd")
    def hop() -> str:
        over.wait(10)
        return "CON Mois ?"

    @silent.post(f"/at/{TOKEN}/ussd-events")
    def event() -> str:
        ends.append(parse_qs(request.get_data().decode()))
        return ""

    with serving(silent) as url, direct_session() as http:
        dialogue = Dialogue(
            PHONE, "*384*1#", webhooks=f"{url}/at/{TOKEN}", http=http, ticks=lambda: 0.0,
            clock=lambda: AT, habits=Habits(answer_within=0.05),
        )  # fmt: skip
        with pytest.raises(DialogueDropped, match=r"0\.05 s"):
            dialogue.dial()
        over.set()
    assert [end["status"] for end in ends] == [["Failed"]]


def test_thirty_seconds_without_a_key_drop_the_line(gateway: FakeGateway) -> None:
    with dialled(gateway) as dialogue:
        dialogue.dial()
        gateway.ticks.now += 29.9
        dialogue.answer("1")
        gateway.ticks.now += 29.9
        dialogue.hold()
        gateway.ticks.now += 5.0
        with pytest.raises(DialogueDropped, match="30 s sans touche"):
            dialogue.answer("12")
        with pytest.raises(DialogueDropped):
            dialogue.hold()
    end = end_of(gateway)
    assert (end["status"], end["input"], end["lastAppResponse"]) == (
        "Incomplete", "1", "CON Combien ?",
    )  # fmt: skip
    # It was over when the timer ran out, whenever that was noticed.
    assert end["durationInMillis"] == "59900"


def test_the_seconds_that_a_screen_takes_are_not_the_callers(gateway: FakeGateway) -> None:
    gateway.takes = {"1": 9.0}
    with dialled(gateway) as dialogue:
        dialogue.dial()
        gateway.ticks.now += 25
        dialogue.answer("1")
        assert dialogue.seconds_left() == 30


def test_three_minutes_are_the_whole(gateway: FakeGateway) -> None:
    gateway.screens = {"": "CON ?", **{"*".join("1" * n): "CON ?" for n in range(1, 9)}}
    with dialled(gateway) as dialogue:
        dialogue.dial()
        for _ in range(8):
            gateway.ticks.now += 22
            dialogue.answer("1")
        assert dialogue.seconds_left() == pytest.approx(4)
        gateway.ticks.now += 4
        with pytest.raises(DialogueDropped, match="180 s"):
            dialogue.answer("1")
    assert end_of(gateway)["durationInMillis"] == "180000"


def test_a_screen_that_comes_when_the_time_is_over_is_not_shown(gateway: FakeGateway) -> None:
    gateway.takes = {"": 6.0}
    with (
        dialled(gateway, habits=Habits(whole=5.0)) as dialogue,
        pytest.raises(DialogueDropped, match="5 s"),
    ):
        dialogue.dial()
    assert end_of(gateway)["status"] == "Incomplete"


def test_hanging_up_is_told_once(gateway: FakeGateway) -> None:
    with dialled(gateway) as dialogue:
        dialogue.dial()
        gateway.ticks.now += 3
        dialogue.drop()
        dialogue.drop()
    end = end_of(gateway)
    assert (end["status"], end["durationInMillis"]) == ("Incomplete", "3000")


def test_where_nobody_listens_the_caller_is_told(gateway: FakeGateway) -> None:
    gateway.base = f"{closed_port()}/at/{TOKEN}"
    with dialled(gateway) as dialogue:
        with pytest.raises(requests.ConnectionError):
            dialogue.dial()
        dialogue.drop()
    assert dialogue.status == "Incomplete"


def test_dialogues_at_once_have_ids_of_their_own(gateway: FakeGateway) -> None:
    with dialled(gateway) as first, dialled(gateway) as other:
        first.dial()
        other.dial()
        assert first.answer("1").text == other.answer("1").text
    assert first.id != other.id
