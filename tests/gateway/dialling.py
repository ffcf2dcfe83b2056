"""A telephone that dials, for the tests of dialogues: text adds up as the operator adds it up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Engine, event

from gateway.storage.dialogues import Dialogues
from gateway.transports.africastalking_posts import UssdHop
from gateway.transports.queue import Name
from gateway.ussd import hop as dialogue
from gateway.ussd.effects import Services
from menus.gsm7 import septets
from menus.ussd.state import Screen
from tests.gateway.harness import AWA, Harness

_numbers = count(1)


@dataclass(slots=True)
class FakeWorkSignal:
    """A work signal that remembers which queues were signalled."""

    names: list[Name] = field(default_factory=list)

    def notify(self, name: Name) -> bool:
        self.names.append(name)
        return True


@dataclass(slots=True)
class Telephone:
    """One person's telephone; each `dial` begins another dialogue."""

    harness: Harness
    services: Services
    phone: str = AWA
    dialogue_id: str = ""
    text: str = ""
    network: str = "61002"

    def dial(self, text: str = "") -> str:
        self.dialogue_id, self.text = f"ATUid_{next(_numbers):032x}", text
        return self.repeat()

    def key(self, answer: str) -> str:
        """Types an answer; returns the next screen."""
        self.text = f"{self.text}*{answer}" if self.text else answer
        return self.repeat()

    def keys(self, *answers: str) -> str:
        """Types one answer after the other; returns the last screen."""
        shown = ""
        for answer in answers:
            shown = self.key(answer)
        return shown

    def repeat(self) -> str:
        """The operator posts the last hop (again)."""
        return spoken(self.hop())

    def hop(self) -> Screen:
        hop = UssdHop(self.dialogue_id, "*384*1#", self.phone, self.text, self.network)
        shown = dialogue.answer(self.services, hop, self.harness.clock())
        assert septets(shown.text) <= 156, shown
        return shown


def spoken(screen: Screen) -> str:
    return f"{'END' if screen.ends else 'CON'} {screen.text}"


@contextmanager
def telephones(harness: Harness, redis_url: str) -> Iterator[Telephone]:
    """A telephone, with whatever stands behind it."""
    dialogues = Dialogues(redis_url, 600)
    services = Services(
        harness.engine, dialogues, harness.context, lambda: b"key", FakeWorkSignal()
    )
    try:
        yield Telephone(harness, services)
    finally:
        dialogues.close()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL that is run meanwhile, BEGIN and COMMIT left out."""
    seen: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", look)


PEC_KEYS: Sequence[str] = (
    "1", "1", "45*38*37*28*27", "1", "2*2*9*9", "1", "11*10*3*0", "1",
)  # fmt: skip
