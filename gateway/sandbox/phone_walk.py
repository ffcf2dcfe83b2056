"""Play a script on the terminal phone, up to the first answer that differs from it."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TextIO

import requests

from gateway.sandbox import phone_script
from gateway.sandbox.gateway_address import GatewayAddress
from gateway.sandbox.handset import Handset
from gateway.sandbox.operator_dialogue import Dialogue, DialogueDropped
from gateway.sandbox.operator_posts import direct_session
from gateway.sandbox.operator_screen import BadAnswer, Screen
from gateway.sandbox.phone_script import Step, matches, one_line
from gateway.sandbox.terminal_phone import DIAL, Terminal, refusal


class Mismatch(Exception):
    """Raised when another answer came back than the script expects; the message holds both."""


def play(
    steps: Sequence[Step],
    *,
    phone: str,
    out: TextIO,
    address: GatewayAddress,
    clock: Callable[[], datetime],
    wait: float = 10.0,
    ticks: Callable[[], float] = time.monotonic,
) -> int:
    """Play the steps in order, as `phone` until the script names another number.

    Arguments and NoGateway are as for `terminal_phone.run`. Everything is shown as it happens.
    Returns 0 when all was as expected, 1 with the first difference, in words, on `out`.
    """
    with ExitStack() as stack:
        http = stack.enter_context(direct_session())
        walk = _Walk(phone, http, out=out, address=address, clock=clock, wait=wait, ticks=ticks)
        stack.callback(walk.drop)
        for step in steps:
            try:
                walk.take(step)
            except Mismatch as difference:
                out.write(f"! line {step.line}: {difference}\n")
                return 1
    out.write(f"{sum(bool(step.expected) for step in steps)} answers as expected\n")
    return 0


class _Walk:
    """The state between two steps: the phone number, and the dialogue that is open, if any."""

    def __init__(
        self,
        phone: str,
        http: requests.Session,
        *,
        out: TextIO,
        address: GatewayAddress,
        clock: Callable[[], datetime],
        wait: float,
        ticks: Callable[[], float],
    ) -> None:
        self._http, self._out, self._address = http, out, address
        self._clock, self._wait, self._real_ticks = clock, wait, ticks
        self._skipped = 0.0
        self._handsets: dict[str, Handset] = {}
        self._dialogue: Dialogue | None = None
        self._screen = ""
        self._acts: dict[str, Callable[[str], str | None]] = {
            phone_script.TYPE: self._type,
            phone_script.PHONE: self._change,
            phone_script.SMS: self._next_sms,
            phone_script.DROP: self._drop,
            phone_script.PAUSE: self._pause,
            phone_script.REPEAT: self._repeat,
        }
        self._switch_on(phone)

    def take(self, step: Step) -> None:
        """Play one step. Raises Mismatch."""
        with self._handset.reaching():
            got = self._acts[step.act](step.words)
        if step.expected and got is None:
            raise Mismatch("nothing came back")
        if step.expected and got is not None and not matches(step.expected, got):
            raise Mismatch(f"not as expected\n{_both(' '.join(step.expected), got)}")

    def drop(self) -> None:
        """Hang up, if a dialogue is open."""
        if self._dialogue is not None:
            self._dialogue.drop()

    def _type(self, template: str) -> str:
        words = template.replace(phone_script.MONTH, f"{self._last_month():02d}")
        is_open = self._dialogue is not None and not self._dialogue.status
        self._terminal.say("? " if is_open else "> ", words)
        if self._dialogue is not None and is_open:
            return self._show(self._dialogue.answer, words)
        if DIAL.fullmatch(words):
            self._dialogue = self._handset.dial(words)
            return self._show(self._dialogue.dial)
        # An SMS that came in before is no reply to this one.
        self._terminal.show_news()
        status = self._handset.send(words)
        if status != 200:
            raise Mismatch(refusal(status))
        return self._next_sms("")

    def _show(self, step: Callable[..., Screen], *typed: str) -> str:
        try:
            screen = step(*typed)
        except DialogueDropped as dropped:
            raise Mismatch(str(dropped)) from None
        self._terminal.show(screen)
        if screen.faults:
            raise Mismatch("; ".join(screen.faults))
        self._screen = screen.text
        return screen.text

    def _next_sms(self, _: str) -> str:
        if not self._handset.reads_replies:
            raise Mismatch("without AT_API_URL no SMS can be seen here")
        text = self._handset.next_sms()
        if text is None:
            raise Mismatch(f"no SMS came within {self._wait:g} s")
        self._terminal.say("< ", text)
        return text

    def _drop(self, _: str) -> None:
        self._terminal.say("! ", "drop")
        self.drop()

    def _pause(self, words: str) -> str | None:
        self._skipped += int(words)
        self._terminal.say("! ", f"pause {words}")
        if self._dialogue is None or self._dialogue.status:
            return None
        try:
            self._dialogue.hold()
        except DialogueDropped as dropped:
            self._terminal.say("! ", str(dropped))
            return str(dropped)
        return None

    def _repeat(self, _: str) -> str:
        if self._dialogue is None:
            raise Mismatch("nothing was dialled yet that could be repeated")
        self._terminal.say("! ", "repeat")
        try:
            again = self._dialogue.again().text
        except BadAnswer as bad:
            raise Mismatch(str(bad)) from None
        if again != self._screen:
            raise Mismatch(f"another screen to the same hop\n{_both(self._screen, again)}")
        return again

    def _change(self, phone: str) -> None:
        self.drop()
        self._switch_on(phone)
        self._terminal.say("", phone)

    def _switch_on(self, phone: str) -> None:
        if phone not in self._handsets:
            self._handsets[phone] = Handset(
                phone, self._address,
                http=self._http, clock=self._clock, ticks=self._ticks, wait=self._wait,
            )  # fmt: skip
        self._handset = self._handsets[phone]
        self._terminal = Terminal(self._handset, self._out)

    def _last_month(self) -> int:
        return (self._clock().replace(day=1) - timedelta(days=1)).month

    def _ticks(self) -> float:
        return self._real_ticks() + self._skipped


def _both(expected: str, got: str) -> str:
    return f"  expected: {one_line(expected)}\n  got:      {one_line(got)}"
