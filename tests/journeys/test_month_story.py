"""Tests of a month as a story: every SMS in and out, as docs/transcript.md shows them.

`python -m tests.journeys.story > docs/transcript.md` writes the page anew.
"""

import difflib
from datetime import datetime
from pathlib import Path

import pytest

from gateway.storage import reports, roster
from gateway.storage.engine import reading
from menus.gsm7 import lost, parts
from menus.loading.loader import load
from tests.guards.tree import ROOT
from tests.journeys.processes import run
from tests.journeys.story import DECEMBER, SHORT, STORY
from tests.journeys.story_cast import AGENTS, FACILITY, PLACES
from tests.journeys.story_stage import END, Says, Sent, Stage, clock_here, stage

pytestmark = pytest.mark.xdist_group("journeys-1")

PAGE = ROOT / "docs" / "transcript.md"


def test_the_month_is_told_as_the_transcript_has_it(sqlite_url: str) -> None:
    with stage(sqlite_url) as told:
        told.tell(STORY, clock_here(told))
        page = PAGE.read_text(encoding="utf-8")
        changes = list(difflib.unified_diff(page.splitlines(), told.transcript().splitlines()))
        assert changes == [], "\n".join(changes)
        assert_every_sms_can_be_read(told.sent)
        assert_every_message_has_one_answer(told)
        assert_nobody_is_disturbed(told.sent)
        assert_dhis2_holds_what_was_accepted(told)


def assert_every_sms_can_be_read(sent: list[Sent]) -> None:
    for sms in sent:
        assert not lost(sms.text), sms
        assert len(parts(sms.text)) <= 2, sms


def assert_every_message_has_one_answer(told: Stage) -> None:
    said = [step for step in STORY if isinstance(step, Says)]
    for who in {step.who for step in said}:
        answers = [sms for sms in told.sent if sms.to == who and not sms.is_unasked]
        assert len(answers) == sum(step.who == who for step in said), who


def assert_nobody_is_disturbed(sent: list[Sent]) -> None:
    """Assert that no SMS is sent twice on one day, and no reminder at night or on a holiday."""
    unasked = [(sms.at.date(), sms.to, sms.text) for sms in sent if sms.is_unasked]
    assert len(unasked) == len(set(unasked))
    for sms in sent:
        if sms.text.startswith("Rappel"):
            assert 7 <= sms.at.hour < 20, sms
            assert (sms.at.month, sms.at.day) != (1, 1), sms


def assert_dhis2_holds_what_was_accepted(told: Stage) -> None:
    """Compare cell by cell: each site's numbers, those of sites without a unit added up."""
    expected: dict[tuple[str, str], int] = {}
    for code, number in _accepted(told):
        expected[code] = expected.get(code, 0) + number
    # Days that were not typed: from RUPT on the 29th, to RCU on the 2nd of the next month.
    expected[PLACES["Tene"], "ASC_STK_ENF_J"] = 3
    assert _held(told) == expected
    assert expected[PLACES["Kola"], "ASC_PEC_VUS"] == 52
    assert expected[FACILITY, "ASC_PEC_VUS"] == 50 + 56


def _accepted(told: Stage) -> list[tuple[tuple[str, str], int]]:
    found = []
    with reading(told.engine) as connection:
        for who in AGENTS:
            unit = roster.unit_by_code(connection, who.place.upper(), DECEMBER)
            assert unit is not None
            keys = [(unit.id, form, DECEMBER) for form in load().forms]
            for (_, form, _), report in reports.load(connection, keys).items():
                place = PLACES.get(who.place, FACILITY)
                for code, number in report.values.items():
                    found.append(((place, f"ASC_{form}_{code}"), number))
                for code, days in report.days_out.items():
                    found.append(((place, f"ASC_{form}_{code}_J"), days))
    return found


def _held(told: Stage) -> dict[tuple[str, str], int]:
    with told.dhis2.held() as state:
        return {
            (place, state.elements[slot[0]].code): int(cell.value)
            for (place, period), cells in state.cells.items()
            for slot, cell in cells.items()
            if period == DECEMBER and not cell.deleted
        }


def test_the_clock_from_outside_tells_the_same(postgresql_url: str, tmp_path: Path) -> None:
    """`python -m workers.clock --once --now ...`, a process for every look."""

    def tick(now: datetime) -> None:
        words = ("workers.clock", "--once", "--now", f"{now:%Y-%m-%dT%H:%M:%S}")
        done = run(told.environment, *words, folder=tmp_path)
        assert done.returncode == 0, done.stderr

    with stage(postgresql_url) as told:
        told.tell(SHORT, tick)
        assert len(told.sent) == 5
        assert PAGE.read_text(encoding="utf-8").startswith(told.transcript().removesuffix(END))
