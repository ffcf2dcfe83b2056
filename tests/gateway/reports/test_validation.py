"""Validated reports leave for DHIS2; the others wait for a validation or the calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from gateway.context import Context
from gateway.model.report import Status
from gateway.reports import validation
from gateway.reports.unit_of_work import UnitOfWork
from gateway.reports.validation import Outcome, Verdict
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import BAMAKO, FANTA, ISSA, NANA, PEC, Harness

OCTOBER = Period(2026, 10)
PART = PEC.removesuffix(" DCD 0")
STAFF = 7  # any post: it is not looked up


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    """A programme whose reports wait for the centre, until the 8th; months close on the 10th."""
    programme = replace(catalogue.programme, forward="on_validation", auto_validate_on=8)
    return Harness(engine, replace(catalogue, programme=programme))


def validate(
    harness: Harness, *sites: str, by: int | None = STAFF
) -> dict[tuple[str, str], Verdict]:
    ids = {harness.unit_id(site): site for site in sites}
    with harness.engine.begin() as connection:
        verdicts = validation.validate(
            connection, harness.catalogue, list(ids), OCTOBER, by=by, now=harness.clock.now
        )
    return {(ids[verdict.site_id], verdict.form): verdict for verdict in verdicts}


def calendar(harness: Harness, day: int, month: int = 11) -> int:
    harness.clock.now = datetime(2026, month, day, 8, tzinfo=UTC)
    with harness.engine.begin() as connection:
        return validation.validate_due(connection, harness.context, harness.clock.now)


def say(harness: Harness, *texts: str, phone: str | None = None) -> str:
    answer = ""
    for text in texts:
        harness.clock.advance(minutes=1)
        answer = harness.told(text, phone) if phone else harness.told(text)
    return answer


def test_nothing_leaves_before_it_is_validated_and_all_after(
    harness: Harness, dhis2: FarSide
) -> None:
    say(harness, PEC)
    dhis2.send()
    assert dhis2.held() == {}
    assert dhis2.completed() is None
    assert harness.report().status is Status.COMPLETE
    verdict = validate(harness, "KOLA")["KOLA", "PEC"]
    assert (verdict.outcome, verdict.receipt) == (Outcome.VALIDATED, harness.report().receipt)
    assert (harness.report().validated_at, harness.report().validated_by) == (
        harness.clock.now,
        STAFF,
    )
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None
    assert harness.report().status is Status.FORWARDED


def test_each_report_is_told_what_became_of_it(harness: Harness) -> None:
    say(harness, PEC)
    say(harness, "COR VUS 140")
    say(harness, PART, phone=FANTA)
    say(harness, "NUT 10 RAS", phone=FANTA)
    say(harness, PEC, phone=ISSA)
    found = validate(harness, "KOLA", "TENE", "SIRAKORO")
    assert {key: found[key].outcome for key in found if key[1] in ("PEC", "NUT")} == {
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
    assert harness.report("TENE").validated_at is None
    assert validate(harness, "SIRAKORO")["SIRAKORO", "PEC"].outcome is Outcome.ALREADY


def test_it_is_validated_once(harness: Harness) -> None:
    say(harness, PEC)
    validate(harness, "KOLA")
    first = harness.report().validated_at
    harness.clock.advance(days=1)
    validate(harness, "KOLA", by=STAFF + 1)
    assert (harness.report().validated_at, harness.report().validated_by) == (first, STAFF)


def test_a_correction_before_is_free_and_one_after_is_the_validators(
    harness: Harness, dhis2: FarSide
) -> None:
    say(harness, PEC, "COR POS 27 CTA 26")
    validate(harness, "KOLA")
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}
    assert "POS" in say(harness, "COR POS 26")
    assert harness.report().values["POS"] == 27
    say(harness, "POUR KOLA PEC 10 POS 26", phone=NANA)
    dhis2.send()
    assert dhis2.held()["POS"] == "26"
    assert harness.report().validated_at is not None


def test_an_agent_cannot_undo_what_was_validated(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC, "ANNULE")
    validate(harness, "KOLA")
    say(harness, "OUI")
    say(harness, "ANNULE", "OUI")
    assert harness.report().status is Status.COMPLETE
    dhis2.send()
    assert dhis2.held() == HELD


def test_what_comes_after_a_withdrawal_is_to_be_validated_anew(
    harness: Harness, dhis2: FarSide
) -> None:
    say(harness, f"POUR KOLA {PEC}", phone=NANA)
    validate(harness, "KOLA")
    dhis2.send()
    say(harness, "ANNULE", "OUI", phone=NANA)
    dhis2.send()
    assert dhis2.held() == {}
    harness.clock.advance(hours=1)
    say(harness, f"POUR KOLA {PEC}", "OUI", phone=NANA)
    dhis2.send()
    assert (dhis2.held(), harness.report().validated_at) == ({}, None)


def test_only_validated_sites_count_in_a_sum(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC, phone=FANTA)
    say(harness, PEC, phone=ISSA)
    validate(harness, "TENE")
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.completed("KaniFacil01") is None
    validate(harness, "SIRAKORO")
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.completed("KaniFacil01") is not None


def test_the_calendar_validates_what_is_in_order_then_all(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC)
    say(harness, PART, phone=FANTA)
    say(harness, PEC, phone=ISSA)
    say(harness, "COR VUS 140", phone=ISSA)
    assert [calendar(harness, day) for day in (7, 8, 8, 9, 10, 10)] == [0, 1, 0, 0, 2, 0]
    assert (harness.report().validated_by, harness.report().validated_at) != (None, None)
    harness.clock.advance(hours=2)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.held("KaniFacil01")["VUS"] == "90"


def test_what_comes_after_the_date_is_validated_at_the_next_look(harness: Harness) -> None:
    assert calendar(harness, 12) == 0
    say(harness, PART)
    assert calendar(harness, 12) == 1
    assert calendar(harness, 12) == 0


def test_the_calendar_validates_nothing_where_reports_leave_on_receipt(
    engine: Engine, catalogue: Catalogue
) -> None:
    harness = Harness(engine, catalogue)
    say(harness, PEC)
    assert calendar(harness, 20) == 0
    assert harness.report().validated_at is None


def test_what_left_before_the_setting_changed_stays(harness: Harness, dhis2: FarSide) -> None:
    at_once = replace(harness.catalogue.programme, forward="on_receipt")
    waits = dhis2.target
    dhis2.target = replace(
        waits, context=Context(replace(harness.catalogue, programme=at_once), BAMAKO)
    )
    say(harness, PEC)
    dhis2.send()
    dhis2.target = waits
    say(harness, "COR POS 27 CTA 26")
    harness.clock.now += timedelta(hours=1)
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}


def test_a_unit_of_work_sees_what_was_validated_within_it(harness: Harness) -> None:
    """A message of the same batch that comes after finds the report closed."""
    say(harness, PEC)
    key = harness.report().key
    with harness.engine.begin() as connection:
        uow = UnitOfWork(connection, harness.context, harness.clock.now, {key[0]})
        uow.reports.prefetch([key])
        uow.put(replace(harness.report(), late=True))
        verdicts = validation.validate_within(uow, [key[0]], OCTOBER, STAFF)
        assert {verdict.key: verdict.outcome for verdict in verdicts}[key] is Outcome.VALIDATED
        report = uow.reports.get(key)
        assert report is not None
        assert (report.validated_by, report.late) == (STAFF, True)
