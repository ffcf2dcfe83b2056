"""A handset with one phone number: it sends SMS, dials, and reads the SMS sent to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import requests

from gateway.sandbox.gateway_address import GatewayAddress, NoGateway
from gateway.sandbox.operator_dialogue import Dialogue
from gateway.sandbox.operator_posts import inbound_form, post

PAUSE: Final = 0.1  # seconds between two requests for a new SMS


class Handset:
    """A phone with one number, switched on now: earlier SMS to it are left alone.

    `phone` is E.164, `clock` gives the dates of its SMS, `ticks` the seconds of the operator's
    timers, and `wait` is how many seconds a reply may take. Every method raises NoGateway when
    nothing answers at the gateway's or the operator's address.
    """

    def __init__(
        self,
        phone: str,
        address: GatewayAddress,
        *,
        http: requests.Session,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        wait: float,
    ) -> None:
        self.phone, self.wait = phone, wait
        self._address, self._http = address, http
        self._clock, self._ticks = clock, ticks
        self._unread: list[str] = []
        self._seen = 0
        while batch := self._fetch():
            self._seen = batch[-1]["id"]

    @property
    def reads_replies(self) -> bool:
        """Whether there is a sandbox operator to ask for the SMS to this number."""
        return self._address.operator is not None

    def send(self, text: str) -> int:
        """Send an SMS; return the gateway's HTTP status."""
        form = inbound_form(self.phone, text, at=self._clock())
        with self.reaching():
            return post(self._http, f"{self._address.webhooks}/sms", form).status_code

    def unread(self) -> list[str]:
        """Return the SMS that came in since the last call, oldest first."""
        self._receive()
        texts, self._unread = self._unread, []
        return texts

    def next_sms(self) -> str | None:
        """Wait for the oldest unread SMS; None when none comes."""
        deadline = time.monotonic() + self.wait
        self._receive()
        while not self._unread:
            if time.monotonic() >= deadline:
                return None
            time.sleep(PAUSE)
            self._receive()
        return self._unread.pop(0)

    def dial(self, code: str) -> Dialogue:
        """Return a dialogue, not yet begun; `code` may hold what is typed ahead, `*384*1*2#`."""
        return Dialogue(
            self.phone,
            code,
            webhooks=self._address.webhooks,
            http=self._http,
            ticks=self._ticks,
            clock=self._clock,
        )

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Raise NoGateway when nothing answers at the gateway's address inside the block."""
        try:
            yield
        except requests.RequestException:
            raise NoGateway(
                f"Rien ne répond à {self._address.gateway} : lancez d'abord `make run` "
                "(nothing answers there)."
            ) from None

    def _receive(self) -> None:
        for message in self._fetch():
            self._unread.append(message["text"])
            self._seen = message["id"]

    def _fetch(self) -> list[dict[str, Any]]:
        """Return the SMS to this number after the last one seen; none without operator."""
        if self._address.operator is None:
            return []
        url = f"{self._address.operator}/sandbox/messages"
        wanted = {"phone": self.phone, "after": str(self._seen)}
        try:
            response = self._http.get(url, params=wanted, timeout=5.0)
            response.raise_for_status()
            messages: list[dict[str, Any]] = response.json()["messages"]
        except (requests.RequestException, KeyError, TypeError):
            raise NoGateway(
                f"Pas d'opérateur de démonstration à {self._address.operator} : sans lui, les "
                "réponses ne se voient pas (no sandbox operator there)."
            ) from None
        return messages
