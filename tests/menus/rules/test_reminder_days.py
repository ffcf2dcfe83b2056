"""The audiences and days of reminders, and the quiet times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from menus.model.catalogue import Catalogue
from menus.model.programme import Reminders
from menus.model.roles import Role
from menus.rules.reminder_days import ReminderAudience, Round, allowed, rounds
from tests.menus.conftest import Spoil


@pytest.fixture
def reminders(catalogue: Catalogue) -> Reminders:
    return catalogue.programme.reminders


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(now: str, reminders: Reminders) -> list[tuple[str, str]]:
    return [(due.audience, due.period.code) for due in rounds(at(now), reminders)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-01T07:59", []),
        ("2026-11-01T08:00", [(ReminderAudience.AGENT, "202610")]),
        ("2026-11-02T07:59", [(ReminderAudience.AGENT, "202610")]),
        ("2026-11-02T08:00", []),
        ("2026-11-03T08:00", [(ReminderAudience.AGENT, "202610")]),
        ("2026-11-04T08:00", [(ReminderAudience.SUPERVISOR, "202610")]),
        (
            "2026-11-06T09:00",
            [(ReminderAudience.SUPERVISOR, "202610"), (ReminderAudience.DISTRICT, "202610")],
        ),
        ("2026-11-09T08:00", []),
        ("2026-11-20T08:00", []),
    ],
)
def test_the_calendar(reminders: Reminders, now: str, expected: list[tuple[str, str]]) -> None:
    assert told(now, reminders) == expected


def test_the_first_of_january_is_a_holiday_agents_are_reminded_before(
    reminders: Reminders,
) -> None:
    assert told("2026-12-31T08:00", reminders) == [(ReminderAudience.AGENT, "202612")]
    assert told("2027-01-01T09:00", reminders) == []


def test_supervisors_are_told_after_a_holiday(reminders: Reminders) -> None:
    reminders = replace(reminders, holidays=frozenset({"2026-11-04", "11-05"}))
    assert told("2026-11-05T09:00", reminders) == []
    assert told("2026-11-06T07:00", reminders) == []
    assert (ReminderAudience.SUPERVISOR, "202610") in told("2026-11-06T09:00", reminders)


def test_two_moments_of_one_day_become_one_round(reminders: Reminders) -> None:
    reminders = replace(reminders, holidays=frozenset({"2026-11-03", "2026-11-02"}))
    (due,) = rounds(at("2026-11-01T08:00"), reminders)
    assert due.name == "reminders:agent:202610:010800"


def test_every_round_has_a_name_of_its_own(reminders: Reminders) -> None:
    first = at("2026-01-01T00:00")
    seen: set[Round] = set()
    for hour in range(24 * 365):
        seen.update(rounds(first + timedelta(hours=hour), reminders))
    assert len(seen) >= 12 * 4
    assert len({due.name for due in seen}) == len(seen)


def test_each_round_addresses_a_role() -> None:
    assert [audience.role for audience in ReminderAudience] == [Role.AGENT, Role.DTC, Role.DISTRICT]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-04T08:00", "2026-11-04T08:00"),
        ("2026-11-04T06:59", "2026-11-04T07:00"),
        ("2026-11-04T20:00", "2026-11-05T07:00"),
        ("2026-11-05T23:30", "2026-11-06T07:00"),
        ("2026-11-06T13:10", "2026-11-06T15:00"),  # a Friday
        ("2026-11-05T13:10", "2026-11-05T13:10"),
        ("2026-12-25T10:00", "2026-12-26T07:00"),
        ("2026-12-31T21:00", "2027-01-02T07:00"),
    ],
)
def test_when_nobody_is_disturbed(reminders: Reminders, now: str, then: str) -> None:
    assert allowed(at(now), reminders) == at(then)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"3 08:00"]', '"30 08:00"]', "programme.toml: reminders.agent: expected a day and a time"),
        ('"3 08:00"]', '"3 8h"]', "programme.toml: reminders.agent: expected a day and a time"),
        ('["13:00", "15:00"]', '["13:00"]', "programme.toml: reminders.friday: expected two times"),
        ('"05-25"', '"25 mai"', "programme.toml: reminders.holidays: expected a day such as"),
        (
            "agent_hours = 24",
            "agent_hours = 0",
            "programme.toml: reminders.agent_hours: expected a number",
        ),
        (
            "agent_hours = 24",
            "agent_hour = 24",
            "programme.toml: reminders.agent_hour: unknown key",
        ),
    ],
)
def test_a_fault_in_the_calendar_is_told(spoilt: Spoil, old: str, new: str, fault: str) -> None:
    assert any(told.startswith(fault) for told in spoilt("programme.toml", old, new))
