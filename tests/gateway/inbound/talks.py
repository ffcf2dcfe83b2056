"""Random talks of agents and supervisors, for tests of what must hold whatever is said.

The messages are those of the corpus, as typed in the field, between every keyword of the
catalogue, said by every role, in any order, at any date of two months.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from gateway.storage.engine import reading
from gateway.storage.tables import referrals, reports
from menus.model.catalogue import Catalogue
from menus.model.roles import Role
from tests.corpus.lines import FILES, load
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OUMAR, Harness, person, unit

CHEICK = "+22370000201"
SPEAKERS = (AWA, AWA, AWA, FANTA, ISSA, OUMAR, OUMAR, NANA, NANA, CHEICK)
SITES = ("KOLA", "TENE", "SIRAKORO", "LONE", "KANI")
PRODUCTS = ("ENF", "BEB", "ATP", "KIT", "CTA")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
MESSAGES = 45


def typed_in_the_field() -> list[str]:
    """Every SMS of the two corpora."""
    return [
        sent.text for file in FILES for line in load(file) for sent in (*line.before, line.sent)
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a talk, sent so long before it arrives, and when it is read."""

    text: str
    phone: str
    late: timedelta
    is_read_at_once: bool


def talk(harness: Harness, dice: random.Random, typed: list[str]) -> Iterator[Said]:
    """The messages of one talk, each with the numbers that are stored by then; time passes."""
    harness.enrol([unit("DUGU", "district", "ML")], [person(CHEICK, Role.DISTRICT, "DUGU")])
    harness.clock.now = START
    for text in _texts(dice, harness.catalogue, typed):
        phone = dice.choice(SPEAKERS)
        late = timedelta(days=dice.choice((0, 0, 0, 0, 1, 20, 40)))
        yield Said(_filled_in(harness, dice, text), phone, late, dice.random() < 0.7)
        harness.clock.advance(minutes=dice.choice((0, 1, 3, 60, 60 * 24)))


def _texts(dice: random.Random, catalogue: Catalogue, typed: list[str]) -> Iterator[str]:
    """The texts of one talk: SMS of the corpus, slips of codes, and every keyword."""
    keywords = [*catalogue.commands, *catalogue.forms]
    for _ in range(MESSAGES):
        choice = dice.random()
        if choice < 0.4:
            yield dice.choice(typed)
        elif choice < 0.5:
            yield f"COR {_pairs(dice, catalogue)}"
        elif choice < 0.6:
            yield f"POUR {dice.choice(SITES)} {dice.choice((*keywords, 'COR'))} 10 {_pairs(dice, catalogue)}"
        elif choice < 0.7:
            yield dice.choice(("OUI", "NON", "ANNULE", "oui", "OUI", "SUITE"))
        else:
            yield f"{dice.choice(keywords)} {_beside(dice, catalogue)}".strip()


def _beside(dice: random.Random, catalogue: Catalogue) -> str:
    """What may stand behind a keyword, fitting or not."""
    return dice.choice(
        (
            "", "", "10", "RAS", "NUT 10 RAS", "{number}", "{number} A", "{number} G J3", "{receipt}",
            dice.choice(SITES), f"{dice.choice(SITES)} 10", "TOUT 10", "FR", "PEC",
            f"{dice.choice(PRODUCTS)} {dice.randint(0, 60)}", dice.choice(PRODUCTS),
            f"{dice.choice(PRODUCTS)} 0J{dice.randint(1, 40)}", "14 F PG ART", "0 M NN", "KOLA 70000009",
            _pairs(dice, catalogue),
        )
    )  # fmt: skip


def _pairs(dice: random.Random, catalogue: Catalogue) -> str:
    """Return codes with numbers; every third code is mistyped by one letter."""
    form = dice.choice([*catalogue.forms.values()])
    fields = dice.sample(form.fields, dice.randint(1, 4))
    return " ".join(f"{_slip(dice, field.code)} {dice.randint(0, 60)}" for field in fields)


def _slip(dice: random.Random, code: str) -> str:
    if dice.random() < 0.66:
        return code
    at = dice.randrange(len(code) - 1)
    exchanged = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    return dice.choice((exchanged, code[:at] + code[at + 1 :], code + code[-1]))


def _filled_in(harness: Harness, dice: random.Random, text: str) -> str:
    """The text with the number of a referral and the receipt of a report that are there."""
    with reading(harness.engine) as connection:
        numbers = connection.scalars(select(referrals.c.number)).all() or ["1234"]
        receipts = connection.scalars(select(reports.c.receipt)).all() or ["2ABC"]
    found = {"{number}": dice.choice(numbers), "{receipt}": dice.choice(receipts)}
    return re.sub(r"\{\w+\}", lambda match: found.get(match[0], match[0]), text)
