"""Random talks of agents and supervisors: no message may ever be set aside (`message_failed`).

The messages are those of the corpus, as typed in the field, between every keyword of the
catalogue, said by every role, in any order, at any date of two months, read one by one or in
batches. What each answer says is judged elsewhere; here each message must end as read, with one
answer at most and no row left in the middle of something.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from gateway.storage.engine import reading
from gateway.storage.inbox import READ
from gateway.storage.tables import inbox, referrals, reports
from menus.model.catalogue import Catalogue
from menus.model.roles import Role
from tests.corpus.lines import FILES, load
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OUMAR, PEC, Harness, person, unit

CHEICK = "+22370000201"
SPEAKERS = (AWA, AWA, AWA, FANTA, ISSA, OUMAR, OUMAR, NANA, NANA, CHEICK)
SITES = ("KOLA", "TENE", "SIRAKORO", "LONE", "KANI")
PRODUCTS = ("ENF", "BEB", "ATP", "KIT", "CTA")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)

# Seeds whose talks broke a batch once; they are talked before any other.
FOUND = (15,)
TALKS = 8
MESSAGES = 45


def test_a_code_one_slip_away_in_a_correction_is_asked_in_the_report_that_is_stored(
    harness: Harness,
) -> None:
    harness.told(PEC)
    answer = harness.told("COR FEI 39")
    assert answer.startswith(f"PEC oct A CONFIRMER. No {harness.report().receipt}.")
    assert "FEI: est-ce FIE?" in answer
    assert harness.report().pending["FIE"].value == 39
    harness.told("OUI")
    assert harness.report().values["FIE"] == 39
    assert {*harness.inbox_states().values()} == {READ}


@pytest.mark.parametrize("said", ["COR FEI 36 PSO 20", "FEI 36", "COR 10 FEI 36", "PEC 10 FEI 36"])
def test_several_ways_to_slip_end_in_the_one_report(harness: Harness, said: str) -> None:
    harness.told(PEC)
    receipt = harness.report().receipt
    assert f"No {receipt}" in harness.told(said)
    assert {*harness.inbox_states().values()} == {READ}


def test_a_supervisor_s_slip_ends_in_the_one_report_too(harness: Harness) -> None:
    harness.told(PEC)
    receipt = harness.report().receipt
    assert f"No {receipt}" in harness.told("POUR KOLA COR FEI 36", NANA)
    assert harness.report().pending["FIE"].value == 36
    assert {*harness.inbox_states().values()} == {READ}


@pytest.fixture(scope="module")
def typed() -> list[str]:
    """Every SMS of the two corpora."""
    return [
        sent.text for file in FILES for line in load(file) for sent in (*line.before, line.sent)
    ]


@pytest.mark.parametrize("seed", [*FOUND, *range(100, 100 + TALKS)])
def test_no_talk_sets_a_message_aside(
    engine: Engine, catalogue: Catalogue, typed: list[str], seed: int
) -> None:
    harness = Harness(engine, catalogue)
    harness.enrol([unit("DUGU", "district", "ML")], [person(CHEICK, Role.DISTRICT, "DUGU")])
    dice = random.Random(seed)
    harness.clock.now = START
    broken = []
    for said in _talk(dice, catalogue, typed):
        phone = dice.choice(SPEAKERS)
        late = timedelta(days=dice.choice((0, 0, 0, 0, 1, 20, 40)))
        text = _filled_in(harness, dice, said)
        with capture_logs() as logs:
            harness.receive(text, phone, sent=harness.clock.now - late)
            if dice.random() < 0.7:
                harness.read()
        broken += [(log["event"], text) for log in logs if log["log_level"] == "error"]
        harness.clock.advance(minutes=dice.choice((0, 1, 3, 60, 60 * 24)))
    harness.read()
    assert broken == []
    assert {*harness.inbox_states().values()} == {READ}
    with reading(engine) as connection:
        known = set(connection.scalars(select(reports.c.receipt)))
        assert len(known) == len(set(known))
        answered = connection.scalars(select(inbox.c.id)).all()
    assert len(harness.rows("reply")) <= len(answered)


def _talk(dice: random.Random, catalogue: Catalogue, typed: list[str]) -> Iterator[str]:
    """The texts of one talk: SMS of the corpus, slips of them, and every keyword."""
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
