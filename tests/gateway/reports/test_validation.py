"""Holds up the centre's word: what it validates leaves, what it refuses it says, and the rest
waits for it or for the calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from gateway.model.report import Status
from gateway.reports import validation
from gateway.reports.validation import Outcome, Verdict
from menus.model.catalogue import Catalogue, Period
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import FANTA, ISSA, NANA, PEC, Pipes

OCTOBER = Period(2026, 10)
PART = PEC.removesuffix(" DCD 0")
STAFF = 7  # any post: nobody looks it up


@pytest.fixture
def pipes(engine: Engine, catalogue: Catalogue) -> Pipes:
    """A programme whose reports wait for the centre, until the 8th; months close on the 10th."""
    programme = replace(catalogue.programme, forward="on_validation", auto_validate_on=8)
    return Pipes(engine, replace(catalogue, programme=programme))


def validate(pipes: Pipes, *sites: str, by: int | None = STAFF) -> dict[tuple[str, str], Verdict]:
    ids = {pipes.unit_id(site): site for site in sites}
    with pipes.engine.begin() as connection:
        verdicts = validation.validate(
            connection, pipes.catalogue, list(ids), OCTOBER, by=by, now=pipes.clock.now
        )
    return {(ids[one.site_id], one.form): one for one in verdicts}


def calendar(pipes: Pipes, day: int, month: int = 11) -> int:
    pipes.clock.now = datetime(2026, month, day, 8, tzinfo=UTC)
    with pipes.engine.begin() as connection:
        return validation.validate_due(connection, pipes.house, pipes.clock.now)


def say(pipes: Pipes, *texts: str, phone: str | None = None) -> str:
    answer = ""
    for text in texts:
        pipes.clock.advance(minutes=1)
        answer = pipes.told(text, phone) if phone else pipes.told(text)
    return answer


def test_nothing_leaves_before_it_is_validated_and_all_after(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    dhis2.send()
    assert dhis2.held() == {}
    assert dhis2.completed() is None
    assert pipes.report().status is Status.COMPLETE
    verdict = validate(pipes, "KOLA")["KOLA", "PEC"]
    assert (verdict.outcome, verdict.receipt) == (Outcome.VALIDATED, pipes.report().receipt)
    assert (pipes.report().validated_at, pipes.report().validated_by) == (pipes.clock.now, STAFF)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None
    assert pipes.report().status is Status.FORWARDED


def test_each_report_is_told_what_became_of_it(pipes: Pipes) -> None:
    say(pipes, PEC)
    say(pipes, "COR VUS 140")
    say(pipes, PART, phone=FANTA)
    say(pipes, "NUT 10 RAS", phone=FANTA)
    say(pipes, PEC, phone=ISSA)
    found = validate(pipes, "KOLA", "TENE", "SIRAKORO")
    assert {key: one.outcome for key, one in found.items() if key[1] in ("PEC", "NUT")} == {
        ("KOLA", "PEC"): Outcome.WAITING,
        ("KOLA", "NUT"): Outcome.NOTHING,
        ("TENE", "PEC"): Outcome.INCOMPLETE,
        ("TENE", "NUT"): Outcome.INCOMPLETE,
        ("SIRAKORO", "PEC"): Outcome.VALIDATED,
        ("SIRAKORO", "NUT"): Outcome.NOTHING,
    }
    assert found["KOLA", "PEC"].waiting == ("VUS",)
    assert found["TENE", "PEC"].missing == ("DCD",)
    assert set(found["TENE", "NUT"].waiting) >= {"DEP"}
    assert pipes.report("TENE").validated_at is None
    assert validate(pipes, "SIRAKORO")["SIRAKORO", "PEC"].outcome is Outcome.ALREADY


def test_it_is_validated_once(pipes: Pipes) -> None:
    say(pipes, PEC)
    validate(pipes, "KOLA")
    first = pipes.report().validated_at
    pipes.clock.advance(days=1)
    validate(pipes, "KOLA", by=STAFF + 1)
    assert (pipes.report().validated_at, pipes.report().validated_by) == (first, STAFF)


def test_a_correction_before_is_free_and_one_after_is_the_validators(
    pipes: Pipes, dhis2: FarSide
) -> None:
    say(pipes, PEC, "COR POS 27 CTA 26")
    validate(pipes, "KOLA")
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}
    assert "POS" in say(pipes, "COR POS 26")
    assert pipes.report().values["POS"] == 27
    say(pipes, "POUR KOLA PEC 10 POS 26", phone=NANA)
    dhis2.send()
    assert dhis2.held()["POS"] == "26"
    assert pipes.report().validated_at is not None


def test_an_agent_cannot_undo_what_was_validated(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC, "ANNULE")
    validate(pipes, "KOLA")
    say(pipes, "OUI")
    say(pipes, "ANNULE", "OUI")
    assert pipes.report().status is Status.COMPLETE
    dhis2.send()
    assert dhis2.held() == HELD


def test_what_comes_after_a_withdrawal_is_to_be_validated_anew(
    pipes: Pipes, dhis2: FarSide
) -> None:
    say(pipes, f"POUR KOLA {PEC}", phone=NANA)
    validate(pipes, "KOLA")
    dhis2.send()
    say(pipes, "ANNULE", "OUI", phone=NANA)
    dhis2.send()
    assert dhis2.held() == {}
    pipes.clock.advance(hours=1)
    say(pipes, f"POUR KOLA {PEC}", "OUI", phone=NANA)
    dhis2.send()
    assert (dhis2.held(), pipes.report().validated_at) == ({}, None)


def test_only_validated_sites_count_in_a_sum(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC, phone=FANTA)
    say(pipes, PEC, phone=ISSA)
    validate(pipes, "TENE")
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.completed("KaniFacil01") is None
    validate(pipes, "SIRAKORO")
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.completed("KaniFacil01") is not None


def test_the_calendar_validates_what_is_in_order_then_all(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    say(pipes, PART, phone=FANTA)
    say(pipes, PEC, phone=ISSA)
    say(pipes, "COR VUS 140", phone=ISSA)
    assert [calendar(pipes, day) for day in (7, 8, 8, 9, 10, 10)] == [0, 1, 0, 0, 2, 0]
    assert (pipes.report().validated_by, pipes.report().validated_at) != (None, None)
    pipes.clock.advance(hours=2)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.held("KaniFacil01")["VUS"] == "90"


def test_what_comes_after_the_date_is_validated_at_the_next_look(pipes: Pipes) -> None:
    assert calendar(pipes, 12) == 0
    say(pipes, PART)
    assert calendar(pipes, 12) == 1
    assert calendar(pipes, 12) == 0


def test_the_calendar_validates_nothing_where_reports_leave_on_receipt(
    engine: Engine, catalogue: Catalogue
) -> None:
    pipes = Pipes(engine, catalogue)
    say(pipes, PEC)
    assert calendar(pipes, 20) == 0
    assert pipes.report().validated_at is None


def test_what_left_before_the_setting_changed_stays(pipes: Pipes, dhis2: FarSide) -> None:
    at_once = replace(pipes.catalogue.programme, forward="on_receipt")
    waits = dhis2.far
    dhis2.far = replace(waits, catalogue=replace(pipes.catalogue, programme=at_once))
    say(pipes, PEC)
    dhis2.send()
    dhis2.far = waits
    say(pipes, "COR POS 27 CTA 26")
    pipes.clock.now += timedelta(hours=1)
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}


def test_the_desk_knows_what_was_validated_on_it(pipes: Pipes) -> None:
    """A message of the same batch that comes after finds the report closed."""
    say(pipes, PEC)
    key = pipes.report().key
    with pipes.engine.begin() as connection:
        desk = validation.Desk(connection, pipes.house, pipes.clock.now, {key[0]: "KOLA"})
        desk.reports[key] = replace(pipes.report(), late=True)
        desk.touched.add(key)
        verdicts = validation.validate_at(desk, [key[0]], OCTOBER, STAFF)
        assert [one.outcome for one in verdicts if one.key == key] == [Outcome.VALIDATED]
        assert desk.reports[key].validated_by == STAFF
        assert desk.reports[key].late
