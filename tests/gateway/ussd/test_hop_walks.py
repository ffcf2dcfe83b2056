"""Dialogues under random callers: random keys, repeats, drops, and a Redis that forgets.

What must hold: every screen begins with CON or END and fits; a repeated hop shows the same and
changes nothing; and a value is stored only where a screen that read it back was answered with yes,
and its number was typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
import redis
from sqlalchemy import event, select

from gateway.storage.engine import connect, reading
from gateway.storage.tables import reports
from menus.gsm7 import is_gsm7, septets
from menus.loading.loader import load
from menus.ussd.state import Screen
from tests.gateway.dialling import Telephone, telephones
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OUMAR, STRANGER, Harness

CATALOGUE = load()
CALLERS = (AWA, FANTA, ISSA, OUMAR, NANA, STRANGER)
ODD = (
    "abc", "", "9" * 200, "٤٥", "ɛɔ 12", "-1", "4.5", "1*2*3*4*5*6*7", "45**38", "\x00", "*", "00",
    "000", "0", "45*60", "200*10", "3",
)  # fmt: skip
# What a caller types who knows the menu, by the screen.
FITTING = {
    "menu": ("1", "1", "2"),
    "posts": ("1", "2"),
    "forms": ("1", "2", "3", "4"),
    "offer": ("1", "1", "2"),
    "resume": ("1", "2"),
    "complete": ("1",),
    "numbers": ("45*38*37*28*27", "2*2*9*9", "11*10*3*0", "40*30", "7", "0*0*5*6"),
    "days": ("3", "5"),
    "question": ("1", "1", "2"),
    "mend": ("1", "2"),
    "fields": ("1", "2"),
    "retype": ("2", "30"),
    "read_back": ("1", "1", "1", "2"),
}


@dataclass(slots=True)
class World:
    """Everybody's telephone, what each shows, and what each has typed since it was dialled."""

    phones: dict[str, Telephone]
    server: "redis.Redis[Any]" = field(repr=False)
    shown: dict[str, Screen] = field(default_factory=dict)
    typed: dict[str, set[int]] = field(default_factory=dict)
    kept: dict[tuple[int, str, str], dict[str, int]] = field(default_factory=dict)

    @property
    def harness(self) -> Harness:
        return self.phones[AWA].harness

    def stored(self) -> dict[tuple[int, str, str], dict[str, int]]:
        """Every number there is, waiting ones included."""
        columns = (reports.c.site_id, reports.c.form, reports.c.period)
        query = select(*columns, reports.c["values"], reports.c.pending)
        with reading(self.harness.engine) as connection:
            return {
                (site, form, month): {**{code: one[0] for code, one in waiting.items()}, **values}
                for site, form, month, values, waiting in connection.execute(query)
            }

    def happens(self, what: str, who: str, text: str) -> None:
        if what == "flush":
            self.server.flushall()
            return
        phone, before = self.phones[who], self.shown.get(who)
        if what == "dial" or before is None or before.ends:
            phone.dial(text if what == "dial" else "")
            self.typed[who] = set()
        else:
            phone.text = f"{phone.text}*{text}" if phone.text else text
            self.typed[who] |= {int(number) for number in re.findall(r"[0-9]{1,6}", text)}
        self.shown[who] = self.checked(phone)
        after = self.stored()
        self.only_what_was_confirmed(before, text if what == "key" else "", who, after)
        assert self.checked(phone) == self.shown[who]
        self.kept = self.stored()
        assert self.kept == after

    def checked(self, phone: Telephone) -> Screen:
        screen = phone.hop()
        assert is_gsm7(screen.text)
        assert septets(f"CON {screen.text}") <= 160
        assert "ussd_no" not in screen.name
        return screen

    def only_what_was_confirmed(
        self,
        before: Screen | None,
        answer: str,
        who: str,
        after: dict[tuple[int, str, str], dict[str, int]],
    ) -> None:
        for key, values in after.items():
            fresh = {c: n for c, n in values.items() if self.kept.get(key, {}).get(c) != n}
            if not fresh:
                continue
            assert before is not None
            assert (before.name, answer.strip()) == ("read_back", "1")
            for code, number in fresh.items():
                short = CATALOGUE.field(code).short["fr"]
                assert re.search(rf"{re.escape(short)} ?{number}\b", before.text), before.text
                assert number in self.typed[who]


@pytest.fixture
def world(sqlite_url: str, redis_url: str) -> Iterator[World]:
    engine = connect(sqlite_url)
    # What a power cut would take is not what these walks are about.
    event.listen(engine, "connect", lambda line, _: line.execute("PRAGMA synchronous=OFF"))
    with (
        telephones(Harness(engine, CATALOGUE), redis_url) as first,
        redis.Redis.from_url(redis_url) as server,
    ):
        yield World({who: replace(first, phone=who) for who in CALLERS}, server)
    engine.dispose()


def answer(chance: Random, screen: Screen | None) -> str:
    """Mostly what fits the screen, now and then anything else."""
    if screen is not None and screen.name in FITTING and chance.random() < 0.75:
        return chance.choice(FITTING[screen.name])
    if chance.random() < 0.5:
        return chance.choice(ODD)
    return "*".join(str(chance.randint(0, 400)) for _ in range(chance.randint(1, 5)))


@pytest.mark.parametrize("seed", range(4))
def test_random_callers(world: World, seed: int) -> None:
    chance = Random(seed)
    for _ in range(120):
        who = chance.choice((AWA, AWA, AWA, *CALLERS))
        (what,) = chance.choices(("key", "dial", "flush"), (88, 9, 3))
        dialled = chance.choice(("", "", "1*1", "2", "9"))
        text = dialled if what == "dial" else answer(chance, world.shown.get(who))
        world.happens(what, who, text)
    assert world.kept, "nothing was ever confirmed: this walk proves nothing"
