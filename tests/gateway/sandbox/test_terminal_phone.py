"""Holds up `kibaru phone`: a typed line reaches the webhooks as the operator would bring it."""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask import Flask, request

from gateway.config import load
from gateway.sandbox.operator import create_app
from gateway.sandbox.serving import LoopbackServer, serving
from gateway.sandbox.terminal_phone import Line, NoLine, find_line, run
from gateway.transports.africastalking import AfricasTalking

PHONE = "+22370000001"
TOKEN = "t" * 22
AT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)


class House:
    """A gateway that answers each SMS through the operator, and leads a dialogue of two screens."""

    def __init__(self, operator_url: str) -> None:
        self.posts: list[tuple[str, list[tuple[str, str]]]] = []
        self.status = 200
        self.replies = True
        self.screens = {"": "CON Mois ?\n1 Oct", "1": "CON Combien ?", "1*12": "END Merci"}
        self.operator = AfricasTalking("kibaru", "key", base_url=operator_url)
        self.app = Flask("gateway-of-the-test")
        self.app.post(f"/at/{TOKEN}/sms")(self.sms)
        self.app.post(f"/at/{TOKEN}/ussd")(self.ussd)
        self.app.post(f"/at/{TOKEN}/ussd-events")(self.event)

    def note(self, name: str) -> dict[str, str]:
        fields = parse_qsl(request.get_data().decode(), keep_blank_values=True)
        self.posts.append((name, fields))
        return dict(fields)

    def sms(self) -> tuple[str, int]:
        form = self.note("sms")
        if self.replies and self.status == 200:
            self.operator.send(form["from"], f"Recu: {form['text']}\nMerci")
        return "", self.status

    def ussd(self) -> str:
        return self.screens[self.note("ussd")["text"]]

    def event(self) -> str:
        self.note("ussd-events")
        return ""

    def named(self, name: str) -> list[dict[str, str]]:
        return [dict(fields) for each, fields in self.posts if each == name]


class Phone:
    """The house, the line to it, and what the terminal showed."""

    def __init__(self, house: House, line: Line) -> None:
        self.house, self.line = house, line
        self.out = StringIO()

    def type(self, *lines: str, phone: str = PHONE, line: Line | None = None) -> int:
        return run(
            phone, lines=lines, out=self.out, line=line or self.line, clock=lambda: AT, wait=0.3
        )

    @property
    def shown(self) -> list[str]:
        return self.out.getvalue().splitlines()


@contextmanager
def demo() -> Iterator[Phone]:
    operator = create_app(username="kibaru", api_key="key")
    with serving(operator) as operator_url:
        house = House(operator_url)
        with serving(house.app) as gateway_url:
            yield Phone(house, Line(gateway_url, TOKEN, operator_url))


@pytest.fixture
def phone() -> Iterator[Phone]:
    with demo() as made:
        yield made


def closed_port() -> str:
    server = LoopbackServer(Flask("nobody"))
    server.server_close()
    return server.url


def test_each_line_is_an_sms_and_waits_for_its_reply(phone: Phone) -> None:
    assert phone.type("PEC 10 VUS 45\n", "\n", "OUI\r\n") == 0
    assert phone.shown == [
        "> PEC 10 VUS 45", "< Recu: PEC 10 VUS 45", "  Merci",
        "> ",
        "> OUI", "< Recu: OUI", "  Merci",
    ]  # fmt: skip


def test_an_sms_is_posted_as_the_operator_posts_it(phone: Phone) -> None:
    phone.type("PEC 10 é+5")
    ((name, fields),) = phone.house.posts
    assert name == "sms"
    assert [field for field, _ in fields] == [
        "date", "from", "id", "text", "to", "cost", "networkCode",
    ]  # fmt: skip
    posted = dict(fields)
    assert (posted["date"], posted["from"]) == ("2026-11-03 08:15:00", PHONE)
    assert posted["text"] == "PEC 10 é+5"


def test_what_came_before_is_left_alone_and_what_came_since_is_shown(phone: Phone) -> None:
    phone.house.operator.send(PHONE, "vieux")
    phone.house.operator.send("+22370000002", "pour une autre")
    assert phone.type("PEC 10") == 0
    phone.house.operator.send(PHONE, "Rappel")
    assert phone.type("PEC 11") == 0
    assert [line for line in phone.shown if line.startswith("< ")] == [
        "< Recu: PEC 10", "< Recu: PEC 11",
    ]  # fmt: skip


def test_no_reply_is_said_and_fails(phone: Phone) -> None:
    phone.house.replies = False
    assert phone.type("PEC 10") == 1
    assert phone.shown[-1] == "! Pas de réponse après 0.3 s."


@pytest.mark.parametrize(("status", "word"), [(503, "chaque minute"), (404, "jeton"), (400, "400")])
def test_a_refused_sms_is_said_and_fails(phone: Phone, status: int, word: str) -> None:
    phone.house.status = status
    assert phone.type("PEC 10") == 1
    assert word in phone.shown[-1]


def test_a_dialogue_is_led_to_its_end(phone: Phone) -> None:
    assert phone.type("*384*1#", "1", "12") == 0
    assert phone.shown == [
        "> *384*1#", "| Mois ?", "| 1 Oct", "? 1", "| Combien ?", "? 12", "| Merci",
    ]  # fmt: skip
    hops = phone.house.named("ussd")
    assert [hop["text"] for hop in hops] == ["", "1", "1*12"]
    assert {hop["serviceCode"] for hop in hops} == {"*384*1#"}
    assert len({hop["sessionId"] for hop in hops}) == 1
    (end,) = phone.house.named("ussd-events")
    assert (end["status"], end["hopsCount"], end["input"]) == ("Success", "3", "1*12")


def test_what_is_typed_ahead_goes_with_the_first_hop(phone: Phone) -> None:
    assert phone.type("*384*1*1*12#") == 0
    (hop,) = phone.house.named("ussd")
    assert (hop["serviceCode"], hop["text"]) == ("*384*1#", "1*12")


def test_hanging_up_is_an_incomplete_dialogue(phone: Phone) -> None:
    assert phone.type("*384*1#", "1") == 1
    (end,) = phone.house.named("ussd-events")
    assert (end["status"], end["lastAppResponse"]) == ("Incomplete", "CON Combien ?")


@pytest.mark.parametrize("answer", ["", "Bonjour", " CON Mois ?", "con 1", "END"])
def test_a_bad_answer_ends_the_dialogue(phone: Phone, answer: str) -> None:
    phone.house.screens[""] = answer
    assert phone.type("*384*1#", "PEC 10") == 1
    assert "Ni CON ni END." in phone.shown[1]
    assert phone.shown[-3:] == ["> PEC 10", "< Recu: PEC 10", "  Merci"]
    (end,) = phone.house.named("ussd-events")
    assert end["status"] == "Failed"


def test_without_an_operator_the_sms_goes_out_all_the_same(phone: Phone) -> None:
    line = Line(phone.line.gateway, TOKEN, None)
    assert phone.type("PEC 10", line=line) == 0
    assert "AT_API_URL" in phone.shown[-1]
    assert len(phone.house.posts) == 1


@pytest.mark.parametrize("gone", ["gateway", "operator"])
def test_where_nothing_answers_words_say_so(phone: Phone, gone: str) -> None:
    nobody = closed_port()
    line = Line(
        nobody if gone == "gateway" else phone.line.gateway,
        TOKEN,
        nobody if gone == "operator" else phone.line.operator,
    )
    with pytest.raises(NoLine) as caught:
        phone.type("PEC 10", line=line)
    assert nobody in str(caught.value)


def test_an_operator_that_is_no_sandbox_is_told_apart(phone: Phone) -> None:
    line = Line(phone.line.gateway, TOKEN, phone.line.gateway)
    with pytest.raises(NoLine, match="no sandbox operator"):
        phone.type("PEC 10", line=line)


def test_at_the_keyboard(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["PEC 10", "", "*384*1*1*12#"])
    prompts: list[str] = []

    def keyboard(prompt: str) -> str:
        prompts.append(prompt)
        phone.house.operator.send(PHONE, f"Rappel {len(prompts)}")
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(builtins, "input", keyboard)
    assert run(PHONE, lines=None, out=phone.out, line=phone.line, clock=lambda: AT, wait=3.0) == 0
    assert prompts == ["> "] * 4
    assert phone.shown[0] == PHONE
    assert [line for line in phone.shown if line[:2] in ("< ", "| ")] == [
        "< Rappel 1", "< Recu: PEC 10", "< Rappel 2", "| Merci", "< Rappel 3",
    ]  # fmt: skip


def test_ctrl_c_ends_it_quietly(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(builtins, "input", interrupted)
    assert run(PHONE, lines=None, out=phone.out, line=phone.line, clock=lambda: AT) == 0


# ---- where the gateway is --------------------------------------------------------------------

DEMO = f"""# settings of the demo
PORT=8123
WEBHOOK_TOKENS={TOKEN}
AT_API_URL='http://127.0.0.1:9101'
"""


@pytest.mark.parametrize(
    ("environ", "kept", "line"),
    [
        ({}, DEMO, Line("http://127.0.0.1:8123", TOKEN, "http://127.0.0.1:9101")),
        (
            {"PORT": "8200", "WEBHOOK_TOKENS": "e" * 22},
            DEMO,
            Line("http://127.0.0.1:8200", "e" * 22, "http://127.0.0.1:9101"),
        ),
        (
            {"WEBHOOK_TOKENS": "e" * 22 + "," + "f" * 22, "AT_API_URL": "http://127.0.0.1:9/"},
            None,
            Line("http://127.0.0.1:8000", "e" * 22, "http://127.0.0.1:9"),
        ),
        ({"PORT": "8200"}, DEMO, Line("http://127.0.0.1:8123", TOKEN, "http://127.0.0.1:9101")),
    ],
)
def test_the_environment_comes_first_then_the_demo(
    tmp_path: Path, environ: dict[str, str], kept: str | None, line: Line
) -> None:
    file = tmp_path / "demo.env"
    if kept is not None:
        file.write_text(kept, "utf-8")
    assert find_line(load(environ), file) == line


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (None, "make run"),
        (b"PORT=8123\n", "make run"),
        (b"PORT=many\nWEBHOOK_TOKENS=short\n", "PORT: expected a number"),
        (b"\xff\xfe", "UnicodeDecodeError"),
    ],
)
def test_without_a_token_words_say_what_to_do(
    tmp_path: Path, kept: bytes | None, words: str
) -> None:
    file = tmp_path / "demo.env"
    if kept is not None:
        file.write_bytes(kept)
    with pytest.raises(NoLine, match=words):
        find_line(load({}), file)
