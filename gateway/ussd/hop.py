"""Use case: answer one hop of a dialogue by USSD.

A hop adds its text to the dialogue in Redis and gets back everything since the last state that
was kept, in one round trip; `menus.ussd.navigator` walks from there to the screen. SQL is asked at
the dial, where a report is opened, and where something confirmed is stored or run. What was
stored is known by (dialogue, text), so that a hop that comes twice, at once or after Redis has
lost everything, stores it once.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final

import structlog

from gateway.model.phone import BadPhone, normalise
from gateway.storage import inbox, versions
from gateway.storage.dialogues import DialoguesAway
from gateway.storage.engine import Connection, StorageFault, reading
from gateway.transports.africastalking_posts import UssdHop
from gateway.ussd.caller import caller_of
from gateway.ussd.effects import Call, Services
from gateway.ussd.reports import PROVIDER, sheet_in
from menus.model.catalogue import Catalogue
from menus.ussd import navigator
from menus.ussd.screen_parts import started
from menus.ussd.state import DialogueState, Screen, Transition

log = structlog.get_logger()

# Texts since the last state that was kept: beyond, the state is kept anew, since every hop walks
# them all.
MOST_TEXTS: Final = 4
MOST_KEPT: Final = 2048  # places in dialogues that a process remembers


def answer(services: Services, hop: UssdHop, now: datetime) -> Screen:
    """Return the screen that answers a hop.

    With Redis down the dialogue ends, and what was confirmed stays. With the database down it
    ends with the sentence that these numbers were not kept, and is forgotten, so that nothing of
    it is stored by a hop that comes again.
    """
    phone = e164(hop.phone)
    call = Call(services, name_of(hop.dialogue_id, phone), phone, hop.network, now)
    try:
        return _Walk(call, hop.text).answer()
    except DialoguesAway:
        return _end(services, hop.network, "ussd_no_redis")
    except StorageFault as fault:
        log.warning("hop_not_stored", error=type(fault).__name__)
        return broke(services, hop)


def broke(services: Services, hop: UssdHop) -> Screen:
    """Forget a dialogue that an error of ours has ended; return its last screen."""
    try:
        services.dialogues.forget(name_of(hop.dialogue_id, e164(hop.phone)))
    except DialoguesAway:
        log.warning("dialogue_not_forgotten")
    return _end(services, hop.network, "ussd_no_database")


def _end(services: Services, network: str, key: str) -> Screen:
    """Return a last screen in French, since the caller is not known."""
    catalogue = services.context.catalogue
    return navigator.end(catalogue, "fr", key, catalogue.programme.ussd.room(network))


def e164(raw: str) -> str:
    """Return a caller's number in E.164, or as the operator wrote it."""
    try:
        return normalise(raw)
    except BadPhone:
        return raw


def name_of(dialogue_id: str, phone: str) -> str:
    """Return the name of a dialogue in our stores: a hash, so no number can be read from it.

    The number is hashed with the id, so that two callers never meet, whatever id the operator
    gives.
    """
    whole = f"{dialogue_id}\n{phone}".encode("utf-8", "replace")
    return hashlib.sha256(whole).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Walk:
    """The walk of one hop from the dialogue's log to a screen; `text` is all that was typed."""

    call: Call
    text: str

    def answer(self) -> Screen:
        """Return the screen; raises DialoguesAway, or one of `StorageFault`."""
        found = self.call.services.dialogues.hop(self.call.dialogue, self.text)
        if found is None or found.texts[-1] != self.text:
            return self._dial(found.texts[-1] if found else None)
        try:
            reached = _reached(self.call.catalogue, found.kept, found.texts)
        except (KeyError, TypeError):
            # An older release wrote it.
            return self._dial(self.text)
        state, stored = self._go_on(reached, found.texts)
        if stored or len(found.texts) > MOST_TEXTS:
            self._keep(state, self.text)
        return navigator.screen(self.call.catalogue, state)

    def _go_on(self, reached: "_Reached", texts: Sequence[str]) -> tuple[DialogueState, bool]:
        """Return the state after the last text, and whether an effect asked the database."""
        step, place = reached.step, reached.place
        state, stored = self.call.apply(step, texts[place]), step.effect is not None
        for before, text in pairwise(texts[place:]):
            step = navigator.step(self.call.catalogue, state, _answer_in(before, text))
            state = self.call.apply(step, text)
            stored |= step.effect is not None
        return state, stored

    def _keep(self, state: DialogueState, seen: str | None) -> None:
        """Keep the state of the dialogue. Without it the next hop walks the same texts again."""
        try:
            self.call.services.dialogues.keep(
                self.call.dialogue, state.to_json(), self.text, seen=seen
            )
        except DialoguesAway:
            log.warning("dialogue_not_kept")

    # --- The dial

    def _dial(self, seen: str | None) -> Screen:
        """Return the screen of a first hop, or of one that does not go on from the known texts."""
        call = self.call
        with reading(call.services.engine) as connection:
            posts = call.posts(connection)
            if not posts:
                return _end(call.services, call.network, "ussd_stranger")
            caller = caller_of(connection, call.services.context, posts, call.network, call.now)
            known = None
            if self.text:
                known = inbox.id_of(connection, PROVIDER, call.id_of(self.text))
            if known is not None:
                step = self._found_again(connection, DialogueState(caller), known)
            else:
                step = navigator.dial(call.catalogue, caller, self.text)
        state = call.apply(step, self.text)
        if step.lost:
            state = replace(state, wrong="ussd_lost")
        if not _came_late(self.text, seen):
            self._keep(state, seen)
        return navigator.screen(call.catalogue, state)

    def _found_again(
        self, connection: Connection, state: DialogueState, message_id: int
    ) -> Transition:
        """Return the step after a confirmation by this very hop, which Redis has lost since."""
        for change in versions.changes_of(connection, message_id):
            for number, place in enumerate(state.caller.places):
                if place.unit == change.key[0]:
                    there = replace(state, place=number)
                    sheet = sheet_in(
                        connection, self.call.services.context, change.key, self.call.now
                    )
                    return Transition(navigator.stored(self.call.catalogue, there, sheet))
        return Transition(self.call.already(started(state)))


@dataclass(frozen=True, slots=True)
class _Reached:
    """A step to which a log leads without the database: to its end, or to a text with an effect."""

    step: Transition
    place: int


@lru_cache(maxsize=MOST_KEPT)
def _reached(catalogue: Catalogue, kept: str, texts: tuple[str, ...]) -> _Reached:
    """Return how far the texts of a log lead from the state that was kept.

    Pure, and so cached: the next hop of a dialogue mostly begins where this hop ended. Raises
    KeyError or TypeError for a state of another release.
    """
    if len(texts) == 1:
        return _Reached(Transition(DialogueState.from_json(json.loads(kept))), 0)
    before = _reached(catalogue, kept, texts[:-1])
    if before.step.effect is not None:
        return before
    answer = _answer_in(texts[-2], texts[-1])
    return _Reached(navigator.step(catalogue, before.step.state, answer), len(texts) - 1)


def _came_late(text: str, seen: str | None) -> bool:
    """Return whether a text is that of an earlier hop which was held up on its way.

    It is answered anew, and a caller who is further on by now does not lose the place.
    """
    return seen is not None and (text == "" or seen.startswith(f"{text}*")) and text != seen


def _answer_in(before: str, text: str) -> str:
    """Return what this hop added to the text before; it may hold a `*` of its own."""
    return text.removeprefix(before).removeprefix("*") if before else text
