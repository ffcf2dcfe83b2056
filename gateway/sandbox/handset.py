"""One phone number on a line: it sends SMS, dials, and reads the SMS that were sent to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import requests

from gateway.sandbox.gateway_address import Line, NoLine
from gateway.sandbox.operator_dialogue import Dialogue
from gateway.sandbox.operator_posts import inbound_form, post

PAUSE: Final = 0.1  # seconds between two looks for an SMS


class Handset:
    """A phone with one number, switched on now: what was sent to it before is left alone.

    `phone` is E.164, `clock` gives the dates of its SMS, `ticks` the seconds of the operator's
    timers, and `wait` is how many seconds a reply may take. Everything here raises NoLine when
    nothing answers at the gateway's or the operator's address.
    """

    def __init__(
        self,
        phone: str,
        line: Line,
        *,
        http: requests.Session,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        wait: float,
    ) -> None:
        self.phone, self.wait = phone, wait
        self._line, self._http = line, http
        self._clock, self._ticks = clock, ticks
        self._unread: list[str] = []
        self._seen = 0
        while batch := self._fetch():
            self._seen = batch[-1]["id"]

    @property
    def reads_replies(self) -> bool:
        """Whether there is a sandbox operator to ask what was sent to this number."""
        return self._line.operator is not None

    def send(self, text: str) -> int:
        """Send an SMS; the gateway's HTTP status."""
        form = inbound_form(self.phone, text, at=self._clock())
        with self.reaching():
            return post(self._http, f"{self._line.webhooks}/sms", form).status_code

    def unread(self) -> list[str]:
        """The SMS that came in since the last look, oldest first."""
        self._look()
        texts, self._unread = self._unread, []
        return texts

    def next_sms(self) -> str | None:
        """The oldest unread SMS, waited for; None when none comes."""
        deadline = time.monotonic() + self.wait
        self._look()
        while not self._unread:
            if time.monotonic() >= deadline:
                return None
            time.sleep(PAUSE)
            self._look()
        return self._unread.pop(0)

    def dial(self, code: str) -> Dialogue:
        """A dialogue, not yet begun; `code` may hold what is typed ahead, `*384*1*2#`."""
        return Dialogue(
            self.phone,
            code,
            webhooks=self._line.webhooks,
            http=self._http,
            ticks=self._ticks,
            clock=self._clock,
        )

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Raises NoLine when nothing answers at the gateway's address inside the block."""
        try:
            yield
        except requests.RequestException:
            raise NoLine(
                f"Rien ne répond à {self._line.gateway} : lancez d'abord `make run` "
                "(nothing answers there)."
            ) from None

    def _look(self) -> None:
        for message in self._fetch():
            self._unread.append(message["text"])
            self._seen = message["id"]

    def _fetch(self) -> list[dict[str, Any]]:
        """The SMS to this number after the last one seen; none without operator."""
        if self._line.operator is None:
            return []
        url = f"{self._line.operator}/sandbox/messages"
        wanted = {"phone": self.phone, "after": str(self._seen)}
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
