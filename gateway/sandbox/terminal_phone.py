"""A phone in the terminal: it talks to a running gateway's webhooks as the operator would.

What is typed is posted to `/at/<token>/sms`, a code such as `*384*1#` is dialled at
`/at/<token>/ussd`; the replies are those that the sandbox operator was asked to send. Its few
words to the person are French, the language of the demo, with one line of English.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

import requests

from gateway.config import Settings, SettingsFault, load
from gateway.sandbox.operator_posts import (
    dialogue_end_form,
    direct_session,
    hop_form,
    inbound_form,
    new_dialogue_id,
    post,
)

DEMO_SETTINGS: Final = Path("var/demo.env")
DIAL: Final = re.compile(r"\*[0-9]+(?:\*[0-9]+)*#")
PAUSE: Final = 0.1  # seconds between two looks for a reply
HELP: Final = (
    "Tapez un SMS, ou composez *384*1# ; Entrée seule : relire ; Ctrl-D : finir.\n"
    "(Type an SMS or dial *384*1#; Enter alone checks for news; Ctrl-D ends.)\n"
)

Ask = Callable[[str], str | None]


class NoLine(Exception):
    """The phone cannot be used; the message says in words what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where the gateway is, and the sandbox operator; without one, replies cannot be seen."""

    gateway: str
    token: str
    operator: str | None

    def webhook(self, name: str) -> str:
        return f"{self.gateway}/at/{self.token}/{name}"


def find_line(settings: Settings, demo: Path = DEMO_SETTINGS) -> Line:
    """The line of a gateway on this machine.

    Port and token belong together: both come from `settings` (the environment) when it has a
    token, else from the file that the demo keeps. So does the operator's address, which may
    also come from the file alone. Raises NoLine.
    """
    kept = _demo_settings(demo)
    source = settings if settings.webhook_tokens else kept
    if source is None or not source.webhook_tokens:
        raise NoLine(
            f"Pas de passerelle connue : lancez d'abord `make run`, ou donnez PORT et "
            f"WEBHOOK_TOKENS (no gateway known: neither WEBHOOK_TOKENS nor {demo})."
        )
    return Line(
        gateway=f"http://127.0.0.1:{source.port}",
        token=source.webhook_tokens[0],
        operator=settings.at_api_url or (kept.at_api_url if kept else None),
    )


def run(
    phone: str,
    *,
    lines: Iterable[str] | None,
    out: TextIO,
    line: Line,
    clock: Callable[[], datetime],
    wait: float = 10.0,
) -> int:
    """Use the phone until its input ends.

    `phone` is E.164. `lines` are typed one after the other, each after the reply to the one
    before it (a line inside a dialogue answers its screen); None asks the person at the
    keyboard. `clock` gives aware moments, the dates of the SMS. `wait` is how many seconds a
    reply may take. Returns 0, or 1 when a message was not accepted or not answered.
    Raises NoLine when nothing answers at the gateway's or the operator's address.
    """
    ask = _keyboard if lines is None else _typed(lines, out)
    if lines is None:
        out.write(f"{phone}\n{HELP}")
    with direct_session() as http:
        handset = _Handset(phone, line, http=http, out=out, clock=clock, wait=wait)
        handset.skip_old()
        try:
            return _converse(handset, ask, relays=lines is None)
        except KeyboardInterrupt:
            out.write("\n")
            return 0


def _converse(handset: "_Handset", ask: Ask, *, relays: bool) -> int:
    failed = False
    while (typed := ask("> ")) is not None:
        text = typed.strip()
        if not text:
            # A blank line of a file is nothing; at the keyboard it asks for news.
            if relays:
                handset.show_new()
        elif DIAL.fullmatch(text):
            failed |= not handset.dial(text, ask)
        else:
            failed |= not handset.sms(typed)
    return int(failed)


class _Handset:
    """One number on one line, and the id of the last SMS that it has shown."""

    def __init__(
        self,
        phone: str,
        line: Line,
        *,
        http: requests.Session,
        out: TextIO,
        clock: Callable[[], datetime],
        wait: float,
    ) -> None:
        self._phone, self._line, self._http = phone, line, http
        self._out, self._clock, self._wait = out, clock, wait
        self._seen = 0

    def skip_old(self) -> None:
        """Leave alone what was sent to this number before the phone was switched on."""
        while batch := self._fetch():
            self._seen = batch[-1]["id"]

    def show_new(self) -> int:
        """Show what has come in since; returns how many SMS that were."""
        batch = self._fetch()
        for message in batch:
            self._say("< ", message["text"])
            self._seen = message["id"]
        return len(batch)

    def sms(self, text: str) -> bool:
        """Send an SMS and show its reply. Whether it was accepted and answered."""
        self.show_new()
        status = self._post("sms", inbound_form(self._phone, text, at=self._clock())).status_code
        if status != 200:
            self._say("! ", _refusal(status))
            return False
        if self._line.operator is None:
            self._say("! ", "Reçu. AT_API_URL manque : la réponse ne se voit pas ici.")
            return True
        return self._await_reply()

    def dial(self, code: str, ask: Ask) -> bool:
        """Lead a dialogue to its end. Whether the gateway ended it, and properly.

        Of `*384*1*2*5#`, `*384*1#` is the service and `2*5` what was typed ahead.
        """
        groups = code.strip("*#").split("*")
        service, text = f"*{'*'.join(groups[:2])}#", "*".join(groups[2:])
        dialogue, started, hops = new_dialogue_id(), time.monotonic(), 0
        while True:
            hop = hop_form(self._phone, service, text, dialogue_id=dialogue)
            response = self._post("ussd", hop)
            hops += 1
            status = self._show_screen(response)
            if status == "Incomplete" and (typed := ask("? ")) is not None:
                text = f"{text}*{typed.strip()}" if text else typed.strip()
                continue
            end = dialogue_end_form(
                hop, at=self._clock(), status=status, seconds=time.monotonic() - started,
                hops=hops, screen=response.text,
            )  # fmt: skip
            self._post("ussd-events", end)
            self.show_new()
            return status == "Success"

    def _show_screen(self, response: requests.Response) -> str:
        """Show an answer to a hop; returns what the dialogue's status would be if it ended."""
        verb, screen = response.text[:4], response.text[4:]
        if response.status_code != 200 or verb not in ("CON ", "END "):
            self._say("! ", f"{_refusal(response.status_code)} Ni CON ni END.")
            return "Failed"
        self._say("| ", screen, rest="| ")
        return "Incomplete" if verb == "CON " else "Success"

    def _await_reply(self) -> bool:
        deadline = time.monotonic() + self._wait
        while not self.show_new():
            if time.monotonic() >= deadline:
                self._say("! ", f"Pas de réponse après {self._wait:g} s.")
                return False
            time.sleep(PAUSE)
        return True

    def _post(self, name: str, form: dict[str, str]) -> requests.Response:
        try:
            return post(self._http, self._line.webhook(name), form)
        except requests.RequestException:
            raise NoLine(
                f"Rien ne répond à {self._line.gateway} : lancez d'abord `make run` "
                "(nothing answers there)."
            ) from None

    def _fetch(self) -> list[dict[str, Any]]:
        """The SMS to this number that were not shown yet, oldest first; none without operator."""
        if self._line.operator is None:
            return []
        url = f"{self._line.operator}/sandbox/messages"
        wanted = {"phone": self._phone, "after": str(self._seen)}
        try:
            response = self._http.get(url, params=wanted, timeout=5.0)
            response.raise_for_status()
            messages: list[dict[str, Any]] = response.json()["messages"]
        except (requests.RequestException, KeyError, TypeError):
            raise NoLine(
                f"Pas d'opérateur de démonstration à {self._line.operator} : sans lui, les "
                "réponses ne se voient pas (no sandbox operator there)."
            ) from None
        return messages

    def _say(self, sign: str, text: str, rest: str = "  ") -> None:
        self._out.write(sign + text.replace("\n", f"\n{rest}") + "\n")
        self._out.flush()


def _refusal(status: int) -> str:
    if status == 404:
        return "HTTP 404 : le jeton n'est pas celui de cette passerelle."
    if status >= 500:
        return f"HTTP {status} : non gardé ; l'opérateur renverrait l'SMS chaque minute."
    return f"HTTP {status} : non accepté."


def _keyboard(prompt: str) -> str | None:
    try:
        return input(prompt)
    except EOFError:
        return None


def _typed(lines: Iterable[str], out: TextIO) -> Ask:
    """Lines in place of a keyboard; each is shown where a person would have typed it."""
    rest = iter(lines)

    def ask(prompt: str) -> str | None:
        typed = next(rest, None)
        if typed is not None:
            typed = typed.rstrip("\r\n")
            out.write(f"{prompt}{typed}\n")
        return typed

    return ask


def _demo_settings(path: Path) -> Settings | None:
    """The settings that the demo keeps, as KEY=VALUE lines; None when there is no such file."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise NoLine(f"{path} : illisible (cannot be read: {type(error).__name__})") from None
    rows = (row.partition("=") for row in text.splitlines() if not row.lstrip().startswith("#"))
    try:
        return load({name.strip(): value.strip().strip("'\"") for name, _, value in rows})
    except SettingsFault as fault:
        raise NoLine(f"{path} : {fault}") from None
