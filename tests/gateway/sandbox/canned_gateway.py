"""A gateway of a few canned answers, a sandbox operator beside it, and a phone between them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import parse_qsl

from flask import Flask, Response, request

from gateway.sandbox.gateway_address import GatewayAddress
from gateway.sandbox.operator import create_app
from gateway.sandbox.serving import LoopbackServer, serving
from gateway.sandbox.terminal_phone import run
from gateway.transports.africastalking import AfricasTalking

PHONE = "+22370000001"
TOKEN = "t" * 22
AT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)


class Ticks:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeGateway:
    """A gateway that answers each SMS through the operator, and leads a dialogue of two screens."""

    def __init__(self, operator_url: str) -> None:
        self.base = ""  # of its webhooks, once it is served
        self.bodies: list[str] = []
        self.posts: list[tuple[str, list[tuple[str, str]]]] = []
        self.status = 200
        self.replies = True
        self.screens = {"": "CON Mois ?\n1 Oct", "1": "CON Combien ?", "1*12": "END Merci"}
        self.labels: dict[str, str] = {}
        self.heads: list[dict[str, str]] = []
        self.ticks = Ticks()
        self.when_over: Callable[[], object] = bool
        self.takes: dict[str, float] = {}
        self.operator = AfricasTalking("kibaru", "key", base_url=operator_url)
        self.app = Flask("gateway-of-the-test")
        self.app.post(f"/at/{TOKEN}/sms")(self.sms)
        self.app.post(f"/at/{TOKEN}/ussd")(self.ussd)
        self.app.post(f"/at/{TOKEN}/ussd-events")(self.event)

    def note(self, name: str) -> dict[str, str]:
        self.bodies.append(request.get_data().decode())
        fields = parse_qsl(self.bodies[-1], keep_blank_values=True)
        self.posts.append((name, fields))
        return dict(fields)

    def sms(self) -> tuple[str, int]:
        form = self.note("sms")
        if self.replies and self.status == 200:
            self.operator.send(form["from"], f"Recu: {form['text']}\nMerci")
        return "", self.status

    def ussd(self) -> Response:
        """Answer with the canned screen of a text, its label, after as many ticks as it takes."""
        text = self.note("ussd")["text"]
        self.heads.append(dict(request.headers))
        self.ticks.now += self.takes.get(text, 0.0)
        answer = Response(self.screens[text], self.status)
        if text in self.labels:
            answer.headers["at-ussd-hop-metadata"] = self.labels[text]
        return answer

    def event(self) -> str:
        self.note("ussd-events")
        self.when_over()
        return ""

    def named(self, name: str) -> list[dict[str, str]]:
        return [dict(fields) for each, fields in self.posts if each == name]


class Phone:
    """A phone: its gateway, the address of that, and what the terminal showed."""

    def __init__(self, gateway: FakeGateway, address: GatewayAddress) -> None:
        self.gateway, self.address = gateway, address
        self.out: StringIO = StringIO()

    def type(self, *lines: str, phone: str = PHONE, address: GatewayAddress | None = None) -> int:
        return self.type_all(lines, phone=phone, address=address)

    def type_all(
        self,
        lines: Iterable[str] | None,
        *,
        phone: str = PHONE,
        address: GatewayAddress | None = None,
    ) -> int:
        return run(
            phone, lines=lines, out=self.out, address=address or self.address, clock=lambda: AT,
            wait=0.3 if lines else 3.0, ticks=self.gateway.ticks,
        )  # fmt: skip

    def at_the_keyboard(self) -> int:
        return self.type_all(None)

    @property
    def shown(self) -> list[str]:
        return self.out.getvalue().splitlines()


@contextmanager
def demo() -> Iterator[Phone]:
    operator = create_app(username="kibaru", api_key="key")
    with serving(operator) as operator_url:
        gateway = FakeGateway(operator_url)
        with serving(gateway.app) as gateway_url:
            gateway.base = f"{gateway_url}/at/{TOKEN}"
            yield Phone(gateway, GatewayAddress(gateway_url, TOKEN, operator_url))


def closed_port() -> str:
    server = LoopbackServer(Flask("nobody"))
    server.server_close()
    return server.url
