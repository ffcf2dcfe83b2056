"""Use case: one hop of a dialogue by USSD.

A hop adds its text to the dialogue in Redis and gets back everything since the last State that
was kept, in one round trip; `menus.navigator` walks from there to the screen. SQL is asked at
the dial, where a report is opened, and where something confirmed is stored or obeyed. What was
stored is known by (dialogue, text), so that a hop that comes twice, at once or after Redis has
lost everything, stores it once.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from gateway import intake
from gateway.dialogue_caller import caller_of, posts_at
from gateway.dialogue_reports import PROVIDER, file_group, sheet_in
from gateway.phone import BadPhone, normalise
from gateway.storage import inbox, roster, versions
from gateway.storage.dialogues import Dialogues, DialoguesAway, Log
from gateway.storage.engine import Connection, Engine, StorageFault, reading
from gateway.storage.inbox import Arrival
from gateway.storage.roster import Post
from gateway.transports.africastalking_posts import UssdHop
from gateway.transports.queue import Name
from gateway.understanding import House
from menus import navigator
from menus.choosing import started
from menus.dialogue import File, Open, Run, Screen, State, Step
from menus.model import Catalogue
from menus.sentences import say

log = structlog.get_logger()

# Texts since the last State that was kept; then it is kept anew, since all are walked each time.
MOST_TEXTS: Final = 4


class Rings(Protocol):
    """What wakes the workers (see `gateway.transports.queue.Bell`)."""

    def nudge(self, name: Name) -> bool: ...


@dataclass(frozen=True, slots=True)
class Edges:
    """What a hop touches: the database, Redis, the catalogue and calendar, the bell.

    `hash_key` gives the key for hashes of texts; it reads the database the first time.
    """

    engine: Engine
    dialogues: Dialogues
    house: House
    hash_key: Callable[[], bytes]
    bell: Rings


def answer(edges: Edges, hop: UssdHop, now: datetime) -> Screen:
    """The screen that answers a hop.

    With Redis down the dialogue ends, and what was confirmed stays. With the database down it
    ends with the words that these numbers were not kept, and is forgotten, so that nothing of
    it is stored by a hop that comes again.
    """
    hop = replace(hop, phone=e164(hop.phone))
    try:
        return _Walk(edges, hop, now).answer()
    except DialoguesAway:
        return _end(edges, hop, "ussd_no_redis")
    except StorageFault as fault:
        log.warning("hop_not_stored", error=type(fault).__name__)
        return broke(edges, hop)


def broke(edges: Edges, hop: UssdHop) -> Screen:
    """The last screen of a dialogue that a fault of ours has ended."""
    try:
        edges.dialogues.forget(name_of(hop.dialogue_id, e164(hop.phone)))
    except DialoguesAway:
        log.warning("dialogue_not_forgotten")
    return _end(edges, hop, "ussd_no_database")


def _end(edges: Edges, hop: UssdHop, key: str) -> Screen:
    catalogue = edges.house.catalogue
    return navigator.end(catalogue, "fr", key, catalogue.programme.ussd.room(hop.network))


def e164(raw: str) -> str:
    """The caller's number in E.164, or as the operator wrote it."""
    try:
        return normalise(raw)
    except BadPhone:
        return raw


def name_of(dialogue_id: str, phone: str) -> str:
    """What a dialogue is called in our stores: nobody's number can be read from it.

    The number is part of it, so that two callers never meet, whatever id the operator gives.
    """
    whole = f"{dialogue_id}\n{phone}".encode("utf-8", "replace")
    return hashlib.sha256(whole).hexdigest()[:32]


def _id_of(dialogue: str, text: str) -> str:
    """By which the inbox knows what was confirmed with this text."""
    return f"{dialogue}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


@dataclass(slots=True)
class _Walk:
    """One hop on its way from the dialogue's log to a screen."""

    edges: Edges
    hop: UssdHop
    now: datetime

    @property
    def _dialogue(self) -> str:
        return name_of(self.hop.dialogue_id, self.hop.phone)

    def answer(self) -> Screen:
        found = self.edges.dialogues.hop(self._dialogue, self.hop.text)
        state = _state_of(found)
        if found is None or state is None or found.texts[-1] != self.hop.text:
            return self._dial(found.texts[-1] if found else None)
        before, stored = found.texts[0], False
        for text in found.texts[1:]:
            step = navigator.step(self._catalogue, state, _answer_in(before, text))
            state, before = self._fulfilled(step, text), text
            stored |= step.wish is not None
        if stored or len(found.texts) > MOST_TEXTS:
            self._keep(state, self.hop.text)
        return navigator.screen(self._catalogue, state)

    @property
    def _catalogue(self) -> Catalogue:
        return self.edges.house.catalogue

    def _keep(self, state: State, seen: str | None) -> None:
        """Keeps where the dialogue stands. Without it the next hop walks the same way again."""
        try:
            self.edges.dialogues.keep(self._dialogue, state.to_json(), self.hop.text, seen=seen)
        except DialoguesAway:
            log.warning("dialogue_not_kept")

    # --- The dial

    def _dial(self, seen: str | None) -> Screen:
        """The first hop of a dialogue, or one that does not go on from what is known of it."""
        with reading(self.edges.engine) as connection:
            posts = self._posts(connection)
            if not posts:
                return _end(self.edges, self.hop, "ussd_stranger")
            caller = caller_of(connection, self.edges.house, posts, self.hop.network, self.now)
            known = None
            if self.hop.text:
                known = inbox.known(connection, PROVIDER, _id_of(self._dialogue, self.hop.text))
            if known is not None:
                step = self._found_again(connection, State(caller), known)
            else:
                step = navigator.dial(self._catalogue, caller, self.hop.text)
        state = self._fulfilled(step, self.hop.text)
        if step.lost:
            state = replace(state, wrong="ussd_lost")
        self._keep(state, seen)
        return navigator.screen(self._catalogue, state)

    def _posts(self, connection: Connection) -> list[Post]:
        month = self.now.astimezone(self.edges.house.timezone).strftime("%Y%m")
        return roster.posts_of(connection, [self.hop.phone], month).get(self.hop.phone, [])

    def _found_again(self, connection: Connection, state: State, message_id: int) -> Step:
        """After something that this very hop confirmed before, and that Redis has lost since."""
        for change in versions.changes_of(connection, message_id):
            for number, place in enumerate(state.caller.places):
                if place.unit == change.key[0]:
                    there = replace(state, place=number)
                    sheet = sheet_in(connection, self.edges.house, change.key, self.now)
                    return Step(navigator.stored(self._catalogue, there, sheet))
        return Step(self._already(started(state)))

    def _already(self, state: State) -> State:
        return navigator.told(state, say(self._catalogue, state.caller.language, "ussd_already"))

    # --- What a screen needs from the database

    def _fulfilled(self, step: Step, text: str) -> State:
        match step.wish:
            case Open() as wish:
                return self._open(step.state, wish)
            case File() as wish:
                return self._file(step.state, wish, text)
            case Run() as wish:
                return self._run(step.state, wish, text)
            case None:
                return step.state

    def _open(self, state: State, wish: Open) -> State:
        key = (state.caller.places[state.place].unit, wish.form, wish.month)
        with reading(self.edges.engine) as connection:
            sheet = sheet_in(connection, self.edges.house, key, self.now)
        return navigator.opened(self._catalogue, state, sheet, wish.how)

    def _file(self, state: State, wish: File, text: str) -> State:
        place = state.caller.places[state.place]
        key = (place.unit, wish.form, wish.month)
        # Read before the transaction, which would hold one connection and wait for another.
        house, secret = self.edges.house, self.edges.hash_key()
        with self.edges.engine.begin() as connection:
            posts = posts_at(self._posts(connection), place)
            if not posts:
                return self._gone(state)
            message = inbox.record(connection, self._arrival(navigator.as_sms(wish), text), secret)
            if message is None:
                # Another copy of this hop has stored it.
                already = say(self._catalogue, state.caller.language, "ussd_already")
                sheet = sheet_in(connection, house, key, self.now)
                return navigator.filed(self._catalogue, state, sheet, already)
            filed = file_group(connection, house, message, posts[0], wish)
        self.edges.bell.nudge("forward")
        if filed.queued:
            self.edges.bell.nudge("reply")
        return navigator.filed(self._catalogue, state, filed.sheet, filed.text)

    def _gone(self, state: State) -> State:
        """She was taken off the roster while she was in the dialogue."""
        told = say(self._catalogue, state.caller.language, "ussd_stranger")
        return navigator.told(state, told)

    def _run(self, state: State, wish: Run, text: str) -> State:
        place, secret = state.caller.places[state.place], self.edges.hash_key()
        with self.edges.engine.begin() as connection:
            codes = {post.unit_code for post in posts_at(self._posts(connection), place)}
            if not codes:
                return self._gone(state)
            message = inbox.record(connection, self._arrival(wish.text, text), secret)
            if message is None:
                return self._already(state)
            told = intake.read_at_once(connection, self.edges.house, message, self.now, codes)
            after = self._posts(connection)
        self.edges.bell.nudge("forward")
        self.edges.bell.nudge("reply")
        language = after[0].language if after else ""
        return navigator.told(state, told, language)

    def _arrival(self, said: str, text: str) -> Arrival:
        """What was confirmed with this text, as a message."""
        return Arrival(
            provider=PROVIDER,
            provider_id=_id_of(self._dialogue, text),
            phone=self.hop.phone,
            text=said,
            network=self.hop.network,
            sent_at=self.now,
            received_at=self.now,
        )


def _state_of(found: Log | None) -> State | None:
    """The State of a log; None when there is none, or when an older release wrote it."""
    if found is None:
        return None
    try:
        return State.from_json(found.state)
    except (KeyError, TypeError):
        return None


def _answer_in(before: str, text: str) -> str:
    """What this hop added; it may hold a `*` of its own."""
    return text.removeprefix(before).removeprefix("*") if before else text
