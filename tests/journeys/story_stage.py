"""The stage for a story on a simulated calendar, and the transcript of all its SMS.

Between two steps the clock does what is due: `Tick` is the clock, in this process or in one of
its own. The operator and DHIS2 are the sandboxes, called over HTTP as ever.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from gateway import config, logs
from gateway.context import Context
from gateway.dhis2 import metadata
from gateway.dhis2.org_units import org_units_of
from gateway.inbound.accept import accept
from gateway.sandbox import operator
from gateway.sandbox.dhis2 import DEFAULT_TOKEN, Sandbox
from gateway.sandbox.dhis2.app import create_app
from gateway.sandbox.operator_posts import direct_session
from gateway.sandbox.serving import serving
from gateway.storage import delivery_reports, roster_import
from gateway.storage import outbox as outgoing
from gateway.storage.engine import Engine, connect, reading
from gateway.storage.tables import outbox, referrals
from gateway.transports.africastalking_posts import InboundSms
from gateway.transports.queue import work_signal_for
from menus.gsm7 import parts
from menus.loading.loader import load
from tests.journeys.story_cast import BY_PHONE, CAST, SINCE, Person, roster
from workers import clock
from workers.runtime import Runtime

ACCOUNT: Final = {"username": "sandbox", "api_key": "story"}
DAYS: Final = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
MORNING: Final = 8  # when reminders go
REFERRAL: Final = re.compile(r"REF (\d{4}) enregistree")

Tick = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Says:
    """An SMS of a person.

    `{Kola}` in it is the number of the last referral from Kola, which the person has read in an
    SMS before.
    """

    at: datetime
    who: Person
    text: str


@dataclass(frozen=True, slots=True)
class Off:
    """The gateway is off until a moment; what is sent meanwhile waits at the operator."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OptOut:
    """A person's request to the operator for no SMS that was not asked for."""

    at: datetime
    who: Person


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading in the transcript, and what happens in a sentence or two."""

    at: datetime
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class End:
    """The end of the story: the clock goes on until then."""

    at: datetime


Step = Says | Off | OptOut | Chapter | End


@dataclass(frozen=True, slots=True)
class Sent:
    """An SMS that the gateway handed to the operator, at the moment of the story."""

    at: datetime
    to: Person
    text: str

    @property
    def is_unasked(self) -> bool:
        return self.text.startswith(("Rappel", "Alerte", "DHIS2"))


@dataclass(slots=True)
class Stage:
    """The gateway's database between operator and DHIS2, and what has happened so far."""

    engine: Engine
    environment: dict[str, str]
    dhis2: Sandbox
    now: datetime
    sent: list[Sent] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    back_at: datetime | None = None
    _waiting: list[InboundSms] = field(default_factory=list)
    _handed: int = 0

    def tell(self, steps: Sequence[Step], tick: Tick) -> None:
        """Play the steps in order; the clock ticks when something is due, and after each step."""
        self.now = steps[0].at
        for step in steps:
            self._pass_time(step.at, tick)
            self._happen(step)
            if not isinstance(step, Chapter):
                self._work(tick)

    def _pass_time(self, until: datetime, tick: Tick) -> None:
        assert until >= self.now, f"{until} comes before {self.now}"
        while (look := self._next_look()) < until:
            self.now = look
            self._work(tick)
        self.now = until

    def _next_look(self) -> datetime:
        """Return the next moment at which the clock may find something to do."""
        morning = self.now.replace(hour=MORNING, minute=0, second=0)
        moments = [morning if morning > self.now else morning + DAY, *self._asked_after()]
        if self.back_at is not None:
            return max(self.back_at, self.now + SECOND)
        with reading(self.engine) as connection:
            due = select(func.min(outbox.c.next_at)).where(outbox.c.next_at > self.now)
            found = connection.scalar(due)
        # On the minute, as a person's watch shows it.
        moments += [found.replace(second=0, microsecond=0) + MINUTE] if found else []
        return min(moment for moment in moments if moment > self.now)

    def _asked_after(self) -> list[datetime]:
        """Return the moments when the clock asks after referrals, and closes them."""
        with reading(self.engine) as connection:
            made = list(connection.scalars(select(referrals.c.made_at)))
        return [moment + after for moment in made for after in (DAY, 2 * DAY, 30 * DAY)]

    def _work(self, tick: Tick) -> None:
        """Let the clock tick at this moment, a second apart, until nothing is left to send."""
        if self.back_at is not None:
            if self.now < self.back_at:
                return
            self._come_back()
        moment = self.now
        tick(moment)
        while self._sms_wait(moment):
            moment += SECOND
            tick(moment)
        self._collect()

    def _sms_wait(self, moment: datetime) -> bool:
        """Return whether notices are left, of which only so many go out in a second."""
        with reading(self.engine) as connection:
            return outgoing.has_due(connection, outgoing.NOTICE, moment)

    def _happen(self, step: Step) -> None:
        match step:
            case Says(at, who, text):
                self._say(at, who, text.format(**self.numbers))
            case Off(_, until):
                self.back_at = until
                self._note(f"Kibaru est arrete jusqu'au {written(until)}")
            case OptOut(_, who):
                with self.engine.begin() as connection:
                    delivery_reports.opt_out(
                        connection, phone=who.phone, sender_id="", now=self.now
                    )
                self._note(f"{who} refuse a l'operateur les SMS non demandes")
            case Chapter(_, title, about):
                self._open(title, about)
            case End():
                pass

    def _say(self, at: datetime, who: Person, text: str) -> None:
        self._handed += 1
        sms = InboundSms(f"story-{self._handed}", who.phone, "36000", text, at, "61002", "")
        off = self.back_at is not None
        wait = " (attend chez l'operateur)" if off else ""
        self._note(f"{who} -> Kibaru: {text}{wait}")
        if off:
            self._waiting.append(sms)
        else:
            accept(self.engine, b"story", sms, self.now, date_believed_days=45)

    def _come_back(self) -> None:
        self._note("Kibaru marche de nouveau")
        self.back_at = None
        for sms in self._waiting:
            accept(self.engine, b"story", sms, self.now, date_believed_days=45)
        self._waiting.clear()

    def _collect(self) -> None:
        """Collect what went out since the last tick: replies first, person by person."""
        url = f"{self.environment['AT_API_URL']}/sandbox/messages"
        with direct_session() as http:
            found = http.get(url, params={"after": str(len(self.sent))}, timeout=5).json()
        fresh = [
            Sent(self.now, BY_PHONE[message["phone"]], message["text"])
            for message in found["messages"]
        ]
        fresh.sort(key=lambda sms: (sms.is_unasked, CAST.index(sms.to)))
        for sms in fresh:
            count = len(parts(sms.text))
            more = f" [{count} SMS]" if count > 1 else ""
            self._note(f"Kibaru -> {sms.to}: {sms.text}{more}")
            number = REFERRAL.search(sms.text)
            if number:
                self.numbers[sms.to.place] = number[1]
        self.sent += fresh

    def _note(self, line: str) -> None:
        self.lines.append(f"{written(self.now)}  {line}")

    def _open(self, title: str, about: str) -> None:
        closing = ["```", ""] if self.lines else []
        self.lines += [*closing, f"## {title}", "", about, "", "```text"]

    def transcript(self) -> str:
        """Return the whole transcript, as it stands in the docs."""
        return "\n".join([HEAD, *self.lines]) + END


def written(moment: datetime) -> str:
    """Return a moment as `mer 04/11 08:00`."""
    return f"{DAYS[moment.weekday()]} {moment:%d/%m %H:%M}"


END: Final = "\n```\n"
HEAD: Final = """\
# A month by SMS

Every SMS of one month at an invented health centre of eight sites, as a test tells it to the
gateway on a simulated calendar (`tests/journeys/story.py`). The test compares this page with
what happens, word by word. After a change that is meant:
`.venv/bin/python -m tests.journeys.story > docs/transcript.md`.

`->` shows who writes to whom; `[2 SMS]` stands behind what takes two parts.
"""


@contextmanager
def stage(database_url: str) -> Iterator[Stage]:
    """Yield a stage on a migrated database: a roster, and a DHIS2 with the forms and units."""
    engine = connect(database_url)
    with engine.begin() as connection:
        roster_import.apply(connection, roster(), SINCE)
    with reading(engine) as connection:
        units = org_units_of(connection, SINCE)
    app = create_app("sql", clock=lambda: made.now)
    sandbox: Sandbox = app.extensions["dhis2"]
    sandbox.load(metadata.export(load(), units))
    with serving(operator.create_app(**ACCOUNT)) as phones, serving(app) as dhis2:
        environment = {
            "DATABASE_URL": database_url,
            "AT_USERNAME": ACCOUNT["username"],
            "AT_API_KEY": ACCOUNT["api_key"],
            "AT_API_URL": phones,
            "DHIS2_URL": dhis2,
            "DHIS2_TOKEN": DEFAULT_TOKEN,
            "LOG_LEVEL": "WARNING",
        }
        made = Stage(engine, environment, sandbox, datetime(2026, 12, 1, tzinfo=UTC))
        try:
            yield made
        finally:
            engine.dispose()


def clock_here(made: Stage) -> Tick:
    """Return the clock in this process, which does what `python -m workers.clock --once` does."""
    settings = config.load(made.environment)
    logs.configure(settings.log_level)
    deployment = Context(load(), settings.timezone)
    runtime = Runtime(settings, made.engine, work_signal_for(settings.redis_url, 1.0), deployment)

    def tick(now: datetime) -> None:
        assert clock.once(runtime, now) == 0

    return tick
