"""What handlers share: the month that a keyword is about, the sites that owe reports."""

from datetime import UTC, datetime

import pytest

from gateway.commands.area import area_of
from gateway.commands.common import (
    Handlers,
    area_and_month,
    by_anybody,
    expected_sites,
    month_asked,
    phrase,
)
from gateway.commands.general import help_on, set_language
from menus.model.period import Period
from menus.model.problem import Problem
from tests.gateway.harness import AWA, ISSA, NANA, Harness, person
from tests.gateway.units_of_work import heard

OCTOBER = Period(2026, 10)
ON_THE_25TH = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "phone", "sent", "month"),
    [
        ("ETAT", AWA, None, OCTOBER),
        ("ETAT", AWA, ON_THE_25TH, Period(2026, 11)),
        ("ETAT 9", AWA, None, Period(2026, 9)),
        ("ETAT 8", AWA, None, "month_closed"),
        ("ETAT 8", NANA, None, Period(2026, 8)),
        ("ETAT 11/2025", NANA, None, Period(2025, 11)),
        ("ETAT 10/2025", NANA, None, "month_closed"),
        ("NUT RAS", AWA, ON_THE_25TH, "month_absent"),
    ],
)
def test_the_month_that_a_keyword_is_about(
    harness: Harness, text: str, phone: str, sent: datetime | None, month: Period | str
) -> None:
    harness.clock.now = sent or harness.clock.now
    with heard(harness, text, phone) as (uow, understood):
        found = month_asked(uow, understood)
        assert (found.key if isinstance(found, Problem) else found) == month


def test_a_supervisors_month_may_be_meant_as_an_agents(harness: Harness) -> None:
    with heard(harness, "RELANCE 8", NANA) as (uow, understood):
        assert month_asked(uow, understood) == Period(2026, 8)
        closed = month_asked(uow, understood, as_agent=True)
        assert isinstance(closed, Problem)
        assert closed.key == "month_closed"


def test_sites_with_an_agent_owe_reports(harness: Harness) -> None:
    harness.enrol((), (person(ISSA, "asc", "SIRAKORO", active=False),), since="202611")
    with heard(harness, "MANQ", NANA) as (uow, understood):
        whole = area_of(uow, understood).whole()
        october = [site.code for site in expected_sites(uow, whole, OCTOBER)]
        november = [site.code for site in expected_sites(uow, whole, Period(2026, 11))]
        assert (october, november) == (["KOLA", "SIRAKORO", "TENE"], ["KOLA", "TENE"])


def test_sentences_are_in_the_senders_language(harness: Harness) -> None:
    harness.told("LANGUE BM", NANA)
    with heard(harness, "MANQ", NANA) as (uow, understood):
        part = area_of(uow, understood).whole()
        named = area_and_month(uow, understood, part, OCTOBER)
        assert named == {"area": "Kani", "month": "òkutòburu"}
    with heard(harness, "MANQ", AWA) as (uow, understood):
        assert phrase(uow, understood, "nothing_missing", area="Kani", month="octobre") == (
            "Kani octobre: rien ne manque."
        )


def test_the_handler_is_that_of_the_senders_role(harness: Harness) -> None:
    handlers = Handlers(agent=help_on, supervisor=set_language)
    with heard(harness, "ETAT", AWA) as (_, by_agent):
        assert handlers.of(by_agent) is help_on
        assert by_anybody(help_on).of(by_agent) is help_on
    with heard(harness, "ETAT", NANA) as (_, by_supervisor):
        assert handlers.of(by_supervisor) is set_language
        assert by_anybody(help_on).of(by_supervisor) is help_on
