"""One USSD dialogue as Africa's Talking leads it: hops, timers, and the notification of its end.

The operator does not know the menus. It joins all that was keyed in by `*`, wrong keys too, posts
it, shows the answer, and ends the dialogue when no key is pressed, when the time is over, or
when the answer cannot be shown. It documents no second try of a hop; `again` repeats a hop, as
proxies and networks do all the same. Sources: Africa's Talking's USSD documentation, captured
requests, and its help centre on the length of a session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import requests

from gateway.sandbox.operator_posts import (
    HANG_UP,
    SANDBOX_NETWORK,
    dialogue_end_form,
    hop_form,
    new_dialogue_id,
    post,
)
from gateway.sandbox.operator_screen import LABEL, SCREEN, BadAnswer, Screen, read_screen

SUCCESS: Final = "Success"
INCOMPLETE: Final = "Incomplete"
FAILED: Final = "Failed"


class DialogueDropped(Exception):
    """Raised when the dialogue ended without an END; the message tells the caller why."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The behaviour of an operator.

    Times are seconds, `septets` is what a phone shows of a screen. The timers are those of most
    networks that publish theirs: 180 s for the whole and 30 s without a key. `network` None leaves
    the field out, `raw_plus` the + of numbers unencoded.
    """

    answer_within: float = HANG_UP
    whole: float = 180.0
    idle: float = 30.0
    septets: int = SCREEN
    network: str | None = SANDBOX_NETWORK
    raw_plus: bool = False


USUAL: Final = Habits()


def split_code(code: str) -> tuple[str, str]:
    """Split what was dialled into service code and input: `*384*1*2*3#` is `*384*1#` and `2*3`."""
    groups = code.strip("*#").split("*")
    return f"*{'*'.join(groups[:2])}#", "*".join(groups[2:])


class Dialogue:
    """A dialogue of `phone` with the gateway at `webhooks` (`http://…/at/<token>`).

    `code` is what was dialled, `ticks` gives seconds that only go forward and `clock` aware
    moments. Every way to its end posts the notification, once. Where nothing answers at all,
    requests.ConnectionError goes to the caller.
    """

    def __init__(
        self,
        phone: str,
        code: str,
        *,
        webhooks: str,
        http: requests.Session,
        ticks: Callable[[], float],
        clock: Callable[[], datetime],
        habits: Habits = USUAL,
    ) -> None:
        self.id = new_dialogue_id()
        self.status = ""  # how it ended; empty as long as it lasts
        self._phone, self._webhooks, self._http = phone, webhooks, http
        self._ticks, self._clock, self._habits = ticks, clock, habits
        self._service, self._text = split_code(code)
        self._hops: list[tuple[dict[str, str], dict[str, str]]] = []
        self._labels: list[str] = []
        self._answer = ""
        self._began = self._shown_at = ticks()

    def dial(self) -> Screen:
        """Return the first screen. Raises DialogueDropped."""
        self._began = self._shown_at = self._ticks()
        return self._hop()

    def answer(self, typed: str) -> Screen:
        """Return the screen after what was keyed in.

        Raises DialogueDropped, also when the input came too late.
        """
        self.hold()
        self._text = f"{self._text}*{typed}" if self._text else typed
        return self._hop()

    def again(self, hop: int = -1) -> Screen:
        """Post one of the hops once more, byte for byte: the last, or a straggler from before.

        The answer is not shown to the caller and does not change the dialogue. Raises BadAnswer.
        """
        form, more = self._hops[hop]
        return read_screen(self._post(form, more), self._habits.septets)

    def seconds_left(self) -> float:
        """Return the seconds until a timer ends the dialogue; zero or less when it has."""
        return self._drops_at() - self._ticks()

    def hold(self) -> None:
        """Raise DialogueDropped when a timer has run out by now, or the dialogue is over."""
        if self.status:
            raise DialogueDropped("La ligne est déjà coupée.")
        if self.seconds_left() > 0:
            return
        idle = self._drops_at() < self._began + self._habits.whole
        self._end(INCOMPLETE, at=self._drops_at())
        what = f"{self._habits.idle:g} s sans touche" if idle else f"{self._habits.whole:g} s"
        raise DialogueDropped(f"La ligne est tombée : {what}.")

    def drop(self) -> None:
        """Hang up. Harmless when the dialogue is over."""
        if not self.status:
            self._end(INCOMPLETE, at=min(self._ticks(), self._drops_at()))

    def _drops_at(self) -> float:
        return min(self._shown_at + self._habits.idle, self._began + self._habits.whole)

    def _hop(self) -> Screen:
        form = hop_form(
            self._phone, self._service, self._text,
            dialogue_id=self.id, network=self._habits.network,
        )  # fmt: skip
        last = self._labels[-1] if self._labels else ""
        self._hops.append((form, {LABEL: last} if last else {}))
        try:
            response = self._in_time()
            self._answer = response.content.decode("utf-8", "replace")
            screen = read_screen(response, self._habits.septets)
        except BadAnswer as bad:
            self._end(FAILED, at=self._ticks(), error=str(bad))
            raise DialogueDropped(f"La ligne est coupée : {bad}.") from bad
        self._labels.append(screen.label)
        # The seconds in which the gateway answers do not count as seconds without a key.
        self._shown_at = self._ticks()
        self.hold()
        if not screen.more:
            self._end(SUCCESS, at=self._ticks())
        return screen

    def _in_time(self) -> requests.Response:
        asked = self._ticks()
        late = f"The application did not answer within {self._habits.answer_within:g} s"
        try:
            response = self._post(*self._hops[-1])
        except requests.Timeout as slow:
            raise BadAnswer(late) from slow
        if self._ticks() - asked > self._habits.answer_within:
            raise BadAnswer(late)
        return response

    def _post(self, form: Mapping[str, str], more: Mapping[str, str]) -> requests.Response:
        habits = self._habits
        return post(
            self._http, f"{self._webhooks}/ussd", form,
            raw_plus=habits.raw_plus, more=more, seconds=habits.answer_within,
        )  # fmt: skip

    def _end(self, status: str, *, at: float, error: str = "") -> None:
        self.status = status
        form = dialogue_end_form(
            self._hops[-1][0],
            at=self._clock(),
            status=status,
            seconds=at - self._began,
            hops=len(self._hops),
            screen=self._answer,
            labels="|".join(label for label in self._labels if label),
            error=error,
        )
        try:
            post(self._http, f"{self._webhooks}/ussd-events", form, raw_plus=self._habits.raw_plus)
        except requests.RequestException:
            # No second try is documented, and the dialogue is over either way.
            return
