"""What DHIS2 should hold for a unit on a day, and when there will be more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gateway.dhis2.cells import codes_of
from gateway.dhis2.metadata import days_out_target, field_target
from gateway.dhis2.plan import Plan, plan
from gateway.model.report import Report
from menus.model.catalogue import Catalogue, Form
from menus.model.period import Period

OCTOBER = Period(2026, 10)
IN_OCTOBER, FIRST, FOURTH, NINTH = (
    date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 9)
)  # fmt: skip
CLOSING, LATER = date(2026, 11, 10), date(2026, 12, 20)
SENT = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
MILLISECONDS = int(SENT.timestamp() * 1000)


@pytest.fixture(scope="module")
def pec(catalogue: Catalogue) -> Form:
    return catalogue.forms["PEC"]


def report(
    site: int,
    values: Mapping[str, int],
    *,
    complete: bool = True,
    days_out: Mapping[str, int] | None = None,
    version: int = 3,
    sent: int = MILLISECONDS,
) -> Report:
    return Report(
        site, "PEC", "202610", "7K4P", SENT, SENT, id=site * 10, version=version,
        complete=complete, values=values, days_out=days_out or {},
        stamps={code: (sent + place, site) for place, code in enumerate(values)},
    )  # fmt: skip


WHOLE, PART = report(1, {"VUS": 45}), report(1, {"VUS": 45}, complete=False)
OTHER, OTHER_PART = report(2, {"VUS": 5}), report(2, {"VUS": 5}, complete=False)


Case = tuple[Sequence[Report], Sequence[int], date, Mapping[str, str], bool, date | None]


def planned(
    catalogue: Catalogue, reports: Sequence[Report], today: date, active: Sequence[int] = (1,)
) -> Plan:
    form = catalogue.forms["PEC"]
    return plan(
        form, OCTOBER, reports, active_sites=active, programme=catalogue.programme, today=today
    )


def numbers(found: Plan, form: Form) -> dict[str, str]:
    """The cells by the agent's codes."""
    codes = codes_of(form)
    return {codes[key]: value for key, value in found.cells.items()}


@pytest.mark.parametrize(
    "case",
    [
        # A month that has not ended holds everything back.
        ([WHOLE], [1], IN_OCTOBER, {}, False, FIRST),
        ([], [1], IN_OCTOBER, {}, False, FIRST),
        # Alone: complete at once, incomplete at the closing date or at once when later.
        ([WHOLE], [1], FIRST, {"VUS": "45"}, True, None),
        ([PART], [1], FOURTH, {}, False, CLOSING),
        ([PART], [1], NINTH, {}, False, CLOSING),
        ([PART], [1], CLOSING, {"VUS": "45"}, False, None),
        ([PART], [1], LATER, {"VUS": "45"}, False, None),
        ([WHOLE], [1], LATER, {"VUS": "45"}, True, None),
        ([], [1], FOURTH, {}, False, None),
        ([], [1], CLOSING, {}, False, None),
        # Shared: values add up, completeness waits for every active site or the closing date.
        ([WHOLE, OTHER], [1, 2], FOURTH, {"VUS": "50"}, True, None),
        ([WHOLE], [1, 2], FOURTH, {"VUS": "45"}, False, CLOSING),
        ([WHOLE], [1, 2], CLOSING, {"VUS": "45"}, True, None),
        ([WHOLE, OTHER_PART], [1, 2], FOURTH, {"VUS": "45"}, False, CLOSING),
        ([WHOLE, OTHER_PART], [1, 2], CLOSING, {"VUS": "50"}, True, None),
        ([PART, OTHER_PART], [1, 2], CLOSING, {"VUS": "50"}, False, None),
        # A site without an agent is waited for only when it has sent something.
        ([WHOLE], [1], FOURTH, {"VUS": "45"}, True, None),
        ([WHOLE, OTHER], [1], FOURTH, {"VUS": "50"}, True, None),
        ([WHOLE, OTHER_PART], [1], FOURTH, {"VUS": "45"}, False, CLOSING),
        ([WHOLE], [], FOURTH, {"VUS": "45"}, True, None),
    ],
)
def test_what_should_stand_on_a_day(catalogue: Catalogue, case: Case) -> None:
    reports, active, today, held, complete, again = case
    found = planned(catalogue, reports, today, active)
    assert numbers(found, catalogue.forms["PEC"]) == held
    assert (found.complete, found.again_on) == (complete, again)
    included = [one for one in reports if held and (one.complete or today >= CLOSING)]
    assert found.included == tuple((one.id, one.version) for one in included)


def test_a_report_in_which_nothing_counts_yet_is_none(catalogue: Catalogue) -> None:
    empty = report(1, {}, complete=False, version=0)
    assert planned(catalogue, [empty], CLOSING) == Plan()
    assert planned(catalogue, [empty, OTHER], FOURTH, [2]).complete


def test_it_is_complete_since_its_last_number_was_sent(catalogue: Catalogue) -> None:
    later = report(2, {"VUS": 5, "FIE": 4}, sent=MILLISECONDS + 60_000)
    found = planned(catalogue, [WHOLE, later], FOURTH, [1, 2])
    assert found.completed_at == datetime(2026, 11, 3, 8, 31, 0, 1000, tzinfo=UTC)
    assert planned(catalogue, [PART], CLOSING).completed_at is None


def test_numbers_add_up_and_days_out_take_the_largest(catalogue: Catalogue) -> None:
    stk = catalogue.forms["STK"]
    reports = [
        report(1, {"ENF": 4, "BEB": 0}, days_out={"ENF": 12, "BEB": 3}),
        report(2, {"ENF": 9}, days_out={"ENF": 20}),
        report(3, {"ENF": 0}),
    ]
    found = plan(
        stk, OCTOBER, reports, active_sites=[1, 2, 3], programme=catalogue.programme, today=FOURTH
    )

    def at(code: str, *, days: bool = False) -> str | None:
        target = (days_out_target if days else field_target)(stk, code)
        assert target is not None
        return found.cells.get(".".join(target))

    assert (at("ENF"), at("ENF", days=True)) == ("13", "20")
    assert (at("BEB"), at("BEB", days=True)) == ("0", "3")
    # Days out that nobody typed are not sent as zero, nor is a product that nobody counted.
    assert (at("KIT"), at("KIT", days=True)) == (None, None)
    assert len(found.cells) == 4
    assert {codes_of(stk)[key] for key in found.cells} == {"ENF", "BEB"}


def test_where_the_numbers_go_is_the_catalogues_choice(catalogue: Catalogue) -> None:
    form = catalogue.forms["PEC"]
    vus = replace(
        form.field("VUS"), data_element="VusVusVus01", category_option_combo="Combo000001"
    )
    fie = replace(form.field("FIE"), data_element="none")
    mapped = replace(form, fields=(vus, fie))
    found = plan(
        mapped,
        OCTOBER,
        [report(1, {"VUS": 45, "FIE": 38, "OLD": 1})],
        active_sites=[1],
        programme=catalogue.programme,
        today=FOURTH,
    )
    assert found.cells == {"VusVusVus01.Combo000001": "45"}


def test_a_zero_of_an_element_that_keeps_none_is_no_value(catalogue: Catalogue) -> None:
    pec = catalogue.forms["PEC"]
    fields = tuple(replace(one, zero_is_significant=one.code != "DCD") for one in pec.fields)
    report_of_zeros = report(1, {"VUS": 0, "DCD": 0})
    found = plan(
        replace(pec, fields=fields), OCTOBER, [report_of_zeros], active_sites=[1],
        programme=catalogue.programme, today=FOURTH,
    )  # fmt: skip
    assert numbers(found, catalogue.forms["PEC"]) == {"VUS": "0"}
