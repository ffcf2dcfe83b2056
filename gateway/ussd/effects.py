"""Apply the effects of a screen: open a report, file a group, run a command."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.context import Context
from gateway.inbound import reader
from gateway.storage import inbox, roster
from gateway.storage.dialogues import Dialogues
from gateway.storage.engine import Connection, Engine, reading
from gateway.storage.inbox import Arrival
from gateway.storage.roster import Post
from gateway.transports.queue import Name
from gateway.ussd.caller import posts_at
from gateway.ussd.reports import PROVIDER, file_group, sheet_in
from menus.model.catalogue import Catalogue
from menus.reading.chosen import reading_of
from menus.ussd import navigator
from menus.ussd.state import DialogueState, File, Open, Run, Transition
from menus.wording.sentences import say


class Notifier(Protocol):
    """The signal that wakes the workers (see `gateway.transports.queue.WorkSignal`)."""

    def notify(self, name: Name) -> bool: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a hop uses: the database, Redis, the catalogue and calendar, the work signal.

    `hash_key` returns the key for hashes of texts; it reads the database the first time.
    """

    engine: Engine
    dialogues: Dialogues
    context: Context
    hash_key: Callable[[], bytes]
    work_signal: Notifier


@dataclass(frozen=True, slots=True)
class Call:
    """One hop of a dialogue: the dialogue's name in our stores, the caller, and the time.

    `phone` is in E.164 where it can be, `network` the operator's code of the network.
    """

    services: Services
    dialogue: str
    phone: str
    network: str
    now: datetime

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue of the services."""
        return self.services.context.catalogue

    def id_of(self, text: str) -> str:
        """Return the id under which the inbox holds what was confirmed with this text."""
        return f"{self.dialogue}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"

    def posts(self, connection: Connection) -> list[Post]:
        """Return the posts of the caller in the month of the hop."""
        month = self.services.context.month(self.now)
        return roster.posts_of(connection, [self.phone], month).get(self.phone, [])

    def apply(self, step: Transition, text: str) -> DialogueState:
        """Return the state after the effect of a step, if it has one; `text` is what led there."""
        match step.effect:
            case Open() as effect:
                return self._open(step.state, effect)
            case File() as effect:
                return self._file(step.state, effect, text)
            case Run() as effect:
                return self._run(step.state, effect, text)
            case None:
                return step.state

    def _open(self, state: DialogueState, effect: Open) -> DialogueState:
        key = (state.caller.places[state.place].unit, effect.form, effect.month)
        with reading(self.services.engine) as connection:
            sheet = sheet_in(connection, self.services.context, key, self.now)
        return navigator.opened(self.catalogue, state, sheet, effect.how)

    def _file(self, state: DialogueState, effect: File, text: str) -> DialogueState:
        place = state.caller.places[state.place]
        key = (place.unit, effect.form, effect.month)
        # Read before the transaction, which would hold one connection and wait for another.
        context, secret = self.services.context, self.services.hash_key()
        with self.services.engine.begin() as connection:
            posts = posts_at(self.posts(connection), place)
            if not posts:
                return self._gone(state)
            message = inbox.record(
                connection, self._arrival(navigator.as_sms(effect), text), secret
            )
            if message is None:
                # Another copy of this hop has stored it.
                already = say(self.catalogue, state.caller.language, "ussd_already")
                sheet = sheet_in(connection, context, key, self.now)
                return navigator.filed(self.catalogue, state, sheet, already)
            filed = file_group(connection, context, message, posts[0], effect)
        self.services.work_signal.notify("forward")
        if filed.queued:
            self.services.work_signal.notify("reply")
        return navigator.filed(self.catalogue, state, filed.sheet, filed.text, filed.low)

    def _gone(self, state: DialogueState) -> DialogueState:
        """Return the last state for a caller who was taken off the roster during the dialogue."""
        text = say(self.catalogue, state.caller.language, "ussd_stranger")
        return navigator.told(state, text)

    def _run(self, state: DialogueState, effect: Run, text: str) -> DialogueState:
        place, secret = state.caller.places[state.place], self.services.hash_key()
        with self.services.engine.begin() as connection:
            codes = {post.unit_code for post in posts_at(self.posts(connection), place)}
            if not codes:
                return self._gone(state)
            message = inbox.record(connection, self._arrival(effect.text, text), secret)
            if message is None:
                return self.already(state)
            reading = reading_of(
                effect.keyword, effect.words, self.catalogue, site=effect.site, month=effect.month
            )
            answer = reader.read_at_once(
                connection,
                self.services.context,
                message,
                reading,
                unit_codes=codes,
                now=self.now,
            )
            after = self.posts(connection)
        self.services.work_signal.notify("forward")
        self.services.work_signal.notify("reply")
        language = after[0].language if after else ""
        return navigator.told(state, answer, language)

    def _arrival(self, said: str, text: str) -> Arrival:
        """Return what was confirmed with this text (`said`: as an SMS), as a message."""
        return Arrival(
            provider=PROVIDER,
            provider_id=self.id_of(text),
            phone=self.phone,
            text=said,
            network=self.network,
            sent_at=self.now,
            received_at=self.now,
        )

    def already(self, state: DialogueState) -> DialogueState:
        """Return the state for a text whose effect was applied before, without what it showed."""
        return navigator.told(state, say(self.catalogue, state.caller.language, "ussd_already"))
