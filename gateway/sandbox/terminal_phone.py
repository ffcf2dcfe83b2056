"""A phone in the terminal: it talks to a running gateway's webhooks as the operator would.

What is typed is posted to `/at/<token>/sms`, a code such as `*384*1#` opens a dialogue at
`/at/<token>/ussd`; the replies are those that the sandbox operator was asked to send. Its few
words to the person are French, the language of the demo, with one line of English.
"""

import re
import select
import sys
import termios
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, TextIO

from gateway.sandbox.gateway_address import GatewayAddress
from gateway.sandbox.handset import Handset
from gateway.sandbox.operator_dialogue import SUCCESS, Dialogue, DialogueDropped
from gateway.sandbox.operator_posts import direct_session
from gateway.sandbox.operator_screen import Screen

DIAL: Final = re.compile(r"\*[0-9]+(?:\*[0-9]+)*#")
DROP: Final = "/drop"
HELP: Final = (
    "Tapez un SMS, ou composez *384*1# ; Entrée seule : relire ; Ctrl-D : finir.\n"
    f"Dans un dialogue, {DROP} ou Ctrl-D coupe la ligne.\n"
    "(Type an SMS or dial *384*1#; Enter alone checks for news; Ctrl-D ends. In a dialogue,\n"
    f"{DROP} or Ctrl-D drops the line.)\n"
)

# Asks for a line after a prompt; with seconds, no longer than that. Returns None at the end.
Ask = Callable[[str, float | None], str | None]


class Silence(Exception):
    """Raised when no line was typed in time."""


def run(
    phone: str,
    *,
    lines: Iterable[str] | None,
    out: TextIO,
    address: GatewayAddress,
    clock: Callable[[], datetime],
    wait: float = 10.0,
    ticks: Callable[[], float] = time.monotonic,
) -> int:
    """Use the phone until its input ends.

    `phone` is E.164. `lines` are typed one after the other, each after the reply to the one
    before it (a line inside a dialogue answers its screen); None asks the person at the
    keyboard. `clock` gives aware moments, the dates of the SMS, and `ticks` the seconds of the
    operator's timers. `wait` is how many seconds a reply may take. Returns 0, or 1 when a
    message was not accepted or not answered, or a dialogue did not reach its END.
    Raises NoGateway when nothing answers at the gateway's or the operator's address.
    """
    ask = _keyboard if lines is None else _typed(lines, out)
    if lines is None:
        out.write(f"{phone}\n{HELP}")
    with direct_session() as http:
        handset = Handset(phone, address, http=http, clock=clock, ticks=ticks, wait=wait)
        terminal = Terminal(handset, out)
        try:
            return _converse(terminal, ask, relays=lines is None)
        except KeyboardInterrupt:
            out.write("\n")
            return 0


def _converse(terminal: "Terminal", ask: Ask, *, relays: bool) -> int:
    failed = False
    while (typed := ask("> ", None)) is not None:
        text = typed.strip()
        if not text:
            # A blank line of a file is skipped; at the keyboard it asks for new SMS.
            if relays:
                terminal.show_news()
        elif DIAL.fullmatch(text):
            failed |= not terminal.dial(text, ask)
        else:
            failed |= not terminal.sms(typed)
    return int(failed)


class Terminal:
    """The display of what a handset receives: `< ` an SMS, `| ` a screen, `! ` a failure."""

    def __init__(self, handset: Handset, out: TextIO) -> None:
        self._handset, self._out = handset, out

    def show_news(self) -> None:
        """Show the SMS that came in since the last time."""
        for text in self._handset.unread():
            self.say("< ", text)

    def sms(self, text: str) -> bool:
        """Send an SMS and show its reply; return whether it was accepted and answered."""
        self.show_news()
        status = self._handset.send(text)
        if status != 200:
            self.say("! ", refusal(status))
            return False
        if not self._handset.reads_replies:
            self.say("! ", "Reçu. AT_API_URL manque : la réponse ne se voit pas ici.")
            return True
        reply = self._handset.next_sms()
        if reply is None:
            self.say("! ", f"Pas de réponse après {self._handset.wait:g} s.")
            return False
        self.say("< ", reply)
        self.show_news()
        return True

    def dial(self, code: str, ask: Ask) -> bool:
        """Lead a dialogue to its end; return whether that was an END or a drop on demand."""
        dialogue = self._handset.dial(code)
        try:
            with self._handset.reaching():
                wanted = self._lead(dialogue, ask)
        except DialogueDropped as dropped:
            self.say("! ", str(dropped))
            return False
        finally:
            dialogue.drop()
            self.show_news()
        return wanted

    def show(self, screen: Screen) -> None:
        """Show a screen and, in capitals, what a real phone would spoil of it."""
        self.say("| ", screen.text, rest="| ")
        for fault in screen.faults:
            self.say("!! ", fault.upper())

    def say(self, sign: str, text: str, rest: str = "  ") -> None:
        """Print a text after a sign, and `rest` before its other lines."""
        self._out.write(sign + text.replace("\n", f"\n{rest}") + "\n")
        self._out.flush()

    def _lead(self, dialogue: Dialogue, ask: Ask) -> bool:
        screen = dialogue.dial()
        while True:
            self.show(screen)
            if dialogue.status:
                return dialogue.status == SUCCESS
            typed = self._answer(dialogue, ask)
            if typed is None or typed.strip() == DROP:
                return typed is not None
            screen = dialogue.answer(typed)

    def _answer(self, dialogue: Dialogue, ask: Ask) -> str | None:
        """Return what is typed while the dialogue is open. Raises DialogueDropped when it ends."""
        while True:
            try:
                return ask("? ", max(dialogue.seconds_left(), 0.0))
            except Silence:
                self._out.write("\n")
                dialogue.hold()


def refusal(status: int) -> str:
    """Describe why an SMS was not taken, by the gateway's HTTP status."""
    if status == 404:
        return "HTTP 404 : le jeton n'est pas celui de cette passerelle."
    if status >= 500:
        return f"HTTP {status} : non gardé ; l'opérateur renverrait l'SMS chaque minute."
    return f"HTTP {status} : non accepté."


def _keyboard(prompt: str, seconds: float | None) -> str | None:
    """Return a person's line. Raises Silence when none is complete within so many seconds."""
    try:
        if seconds is None:
            return input(prompt)
        sys.stdout.write(prompt)
        sys.stdout.flush()
        # A terminal hands over whole lines; a half-typed line is discarded with the dialogue.
        if not select.select([sys.stdin], [], [], seconds)[0]:
            if sys.stdin.isatty():
                termios.tcflush(sys.stdin, termios.TCIFLUSH)
            raise Silence
        return input()
    except EOFError:
        return None


def _typed(lines: Iterable[str], out: TextIO) -> Ask:
    """Return a replacement of the keyboard by lines; each is shown where it would be typed."""
    rest = iter(lines)

    def ask(prompt: str, _seconds: float | None) -> str | None:
        typed = next(rest, None)
        if typed is not None:
            typed = typed.rstrip("\r\n")
            out.write(f"{prompt}{typed}\n")
        return typed

    return ask
