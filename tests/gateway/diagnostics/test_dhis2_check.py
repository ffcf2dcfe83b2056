"""Tests of the seven checks of a live DHIS2, against a stand-in of each family."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.dhis2.metadata import OrgUnitRow, data_set_uid, export, field_target
from gateway.dhis2.metadata_referrals import PROGRAM
from gateway.diagnostics import dhis2_check
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.diagnostics.finding import Finding
from gateway.sandbox.dhis2 import DEFAULT_TOKEN, Sandbox, create_app
from gateway.sandbox.serving import serving
from gateway.transports.dhis2 import Dhis2
from gateway.transports.dhis2_server import Account, account
from menus.model.catalogue import Catalogue
from tests.gateway.harness import BAMAKO
from tests.gateway.transports.canned import canned, say

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
ROWS = (
    OrgUnitRow("ML", "Mali", "country", None, "CountryMali"),
    OrgUnitRow("KOLA", "Kola", "site", "ML", "KolaSite001", receives=True),
    OrgUnitRow("TENE", "Tene", "site", "ML", "TeneSite001", receives=True),
)
RECEIVERS = [Receiver("KOLA", "KolaSite001"), Receiver("TENE", "TeneSite001")]


@dataclass
class Server:
    """A DHIS2 that knows the catalogue and three units, under check."""

    sandbox: Sandbox
    client: Dhis2
    catalogue: Catalogue

    def findings(
        self, *, now: datetime = NOW, receivers: list[Receiver] = RECEIVERS
    ) -> list[Finding]:
        found = dhis2_check.examine(self.client, self.catalogue, receivers, now, BAMAKO)
        return list(found)

    def faults(self, **given: Any) -> dict[str, str]:
        return {finding.what: finding.words for finding in self.findings(**given) if not finding.ok}

    def change(self, kind: str, uid: str, **properties: Any) -> None:
        """Change an object, as the server's administrator does."""
        with self.sandbox.held() as state:
            state.objects[kind][uid] = {**state.objects[kind][uid], **properties}
            state.rebuild()

    def uid(self, code: str, form: str = "PEC") -> str:
        target = field_target(self.catalogue.forms[form], code)
        assert target is not None
        return target[0]

    def data_set(self, form: str = "PEC") -> str:
        return data_set_uid(self.catalogue.forms[form])


@pytest.fixture(params=["legacy", "sql"])
def server(request: pytest.FixtureRequest, catalogue: Catalogue) -> Iterator[Server]:
    only = {"PEC": catalogue.forms["PEC"]}
    catalogue = replace(catalogue, forms=only)
    app = create_app(request.param, clock=lambda: NOW)
    sandbox: Sandbox = app.extensions["dhis2"]
    sandbox.load(export(catalogue, ROWS))
    with serving(app) as url, Dhis2(url, token=DEFAULT_TOKEN, timeout=10) as client:
        yield Server(sandbox, client, catalogue)


def test_all_is_well_in_seven_looks(server: Server) -> None:
    assert [(finding.ok, finding.what) for finding in server.findings()] == [
        (True, "dhis2"),
        (True, "dhis2 account"),
        (True, "dhis2 PEC"),
        (True, "dhis2 units"),
        (True, "dhis2 PEC 202610"),
        (True, "dhis2 PEC dry run"),
        (True, "dhis2 program ASC_REF"),
    ]
    assert server.sandbox.state.cells == {}
    assert server.sandbox.state.registrations == {}


def test_a_server_without_the_program_of_referrals_is_worth_knowing(server: Server) -> None:
    with server.sandbox.held() as state:
        del state.objects["programs"][PROGRAM]
        state.rebuild()
    last = server.findings()[-1]
    assert (last.ok, last.what) == (True, "dhis2 program ASC_REF")
    assert "kibaru dhis2 metadata" in last.words


def test_a_program_that_the_account_may_not_write_to_is_a_fault(server: Server) -> None:
    server.sandbox.state.no_data_write.add(PROGRAM)
    assert "no data write" in server.faults()["dhis2 program ASC_REF"]


def test_units_that_the_program_does_not_have_are_named(server: Server) -> None:
    server.change("programs", PROGRAM, organisationUnits=[{"id": "KolaSite001"}])
    assert "refused for TENE" in server.findings()[-1].words


Break = Callable[[Server], object]


def no_write(server: Server) -> None:
    server.sandbox.state.no_data_write.add(server.data_set())


def other_capture_unit(server: Server) -> None:
    server.sandbox.state.capture_roots.add("TeneSite001")


@pytest.mark.parametrize(
    ("break_it", "what", "words"),
    [
        (lambda s: s.sandbox.state.authorities.clear(), "dhis2 account", "F_DATAVALUE_ADD"),
        (no_write, "dhis2 PEC", "may not write to the data set"),
        (lambda s: s.change("dataSets", s.data_set(), periodType="Weekly"), "dhis2 PEC", "Monthly"),
        (lambda s: s.change("dataSets", s.data_set(), expiryDays=5), "dhis2 PEC",
         "closes 5 days after the month, before the closing date"),
        (lambda s: s.change("dataSets", s.data_set(), organisationUnits=[{"id": "TeneSite001"}]),
         "dhis2 units", "not assigned to the data set of PEC: KOLA;"),
        (lambda s: s.change("organisationUnits", "KolaSite001", closedDate="2026-09-30"),
         "dhis2 units", "closed, or not open yet, last month: KOLA;"),
        (other_capture_unit, "dhis2 units", "outside the account's data capture units: KOLA;"),
        (lambda s: s.change("dataElements", s.uid("POS"), valueType="INTEGER_POSITIVE"),
         "dhis2 PEC", "takes no number from 0 up: POS (INTEGER_POSITIVE)"),
        (lambda s: s.sandbox.state.approved.add((s.data_set(), "202610", "TeneSite001")),
         "dhis2 PEC 202610", "closed at TENE (approved)"),
    ],
    ids=["rights", "sharing", "weekly", "expiry", "unassigned", "closed", "outside", "type", "approved"],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_told(
    server: Server, break_it: Break, what: str, words: str
) -> None:
    break_it(server)
    found = server.faults()
    assert found.keys() == {what}
    assert words in found[what]


def test_a_unit_that_the_server_does_not_know(server: Server) -> None:
    found = server.faults(receivers=[*RECEIVERS, Receiver("KIRA", "KiraSite001")])
    assert found == {"dhis2 units": "unknown to the server: KIRA; correct dhis2_id in the roster"}


def test_without_units_there_is_no_dry_run(server: Server) -> None:
    found = server.findings(receivers=[])
    assert [finding.what for finding in found][-2:] == ["dhis2 units", "dhis2 program ASC_REF"]
    assert all(finding.ok for finding in found)


def test_a_clock_that_goes_wrong(server: Server) -> None:
    found = server.faults(now=NOW + timedelta(minutes=42))
    assert found["dhis2 clock"].startswith("42 minutes behind of ours")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, None),
        (61, "warning: 1 minute behind of ours; by it months open and close: set it right"),
        (-180, "warning: 3 minutes ahead of ours; by it months open and close: set it right"),
        (600, "warning: 10 minutes behind of ours; by it months open and close: set it right"),
    ],
)
def test_a_clock_that_is_a_little_wrong_is_worth_knowing(
    server: Server, seconds: int, words: str | None
) -> None:
    findings = server.findings(now=NOW + timedelta(seconds=seconds))
    assert all(finding.ok for finding in findings)
    told = [finding.words for finding in findings if finding.what == "dhis2 clock"]
    assert told == ([words] if words else [])


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Africa/Abidjan", None),
        ("America/New_York", "warning: America/New_York is 5 hours behind of ours (Africa/Bamako)"),
        ("Europe/Paris", "warning: Europe/Paris is 1 hour ahead of ours (Africa/Bamako)"),
        ("Europe/London", "warning: Europe/London is 1 hour ahead of ours (Africa/Bamako)"),
        ("Asia/Kolkata", "warning: Asia/Kolkata is 5.5 hours ahead of ours (Africa/Bamako)"),
        ("No/Where", None),
        (None, None),
    ],
)
def test_a_server_in_another_time_zone_is_worth_knowing(
    catalogue: Catalogue, zone: str | None, words: str | None
) -> None:
    said = {"version": "2.43.1", "serverTimeZoneId": zone}
    with canned(say(200, said), say(401, {})) as far, Dhis2(far.url, token="t") as client:
        findings = list(dhis2_check.examine(client, catalogue, [], NOW, BAMAKO))
    told = [finding for finding in findings if finding.what == "dhis2 time zone"]
    assert all(finding.ok for finding in told)
    expected = [f"{words}; by it months open and close"] if words else []
    assert [finding.words for finding in told] == expected


@pytest.mark.parametrize(
    ("said", "ahead"),
    [
        ({"serverDate": "2026-11-04T14:00:00.000", "serverTimeZoneId": "Africa/Maputo"}, 0),
        ({"serverDate": "2026-11-04T13:00:00.000+0000"}, 60),
        ({"serverDate": "soon"}, None),
        ({}, None),
        ({"serverDate": "2026-11-04T12:00:00", "serverTimeZoneId": "No/Where"}, None),
    ],
)
def test_the_servers_clock_is_read_in_its_own_zone(said: dict[str, str], ahead: int | None) -> None:
    skew = dhis2_check.clock_skew(said, NOW)
    assert skew == (None if ahead is None else timedelta(minutes=ahead))


def test_a_closed_month_is_no_fault_once_the_programme_has_closed_it(server: Server) -> None:
    server.sandbox.state.approved.add((server.data_set(), "202610", "KolaSite001"))
    assert server.faults(now=NOW).keys() == {"dhis2 PEC 202610", "dhis2 PEC dry run"}
    late = [
        finding
        for finding in server.findings(now=NOW + timedelta(days=10))
        if "PEC" in finding.what
    ]
    assert [finding.what for finding in late if not finding.ok] == []
    assert "approved" in late[-1].words


def test_category_options_that_the_account_may_not_write(server: Server) -> None:
    option = {"id": "OptionYoung", "name": "0-4", "shortName": "0-4"}
    combo = {"id": "ComboYoungY", "name": "0-4", "categoryCombo": {"id": "CatComboAge"}}
    server.sandbox.load(
        {
            "categoryOptions": [option],
            "categoryCombos": [{"id": "CatComboAge", "name": "Age"}],
            "categoryOptionCombos": [{**combo, "categoryOptions": [{"id": "OptionYoung"}]}],
        }
    )
    server.change("dataElements", server.uid("POS"), categoryCombo={"id": "CatComboAge"})
    assert "not an option combo of its data element: POS" in server.faults()["dhis2 PEC"]
    form = server.catalogue.forms["PEC"]
    pos = replace(
        form.field("POS"), data_element=server.uid("POS"), category_option_combo="ComboYoungY"
    )
    fields = tuple(pos if field.code == "POS" else field for field in form.fields)
    server.catalogue = replace(server.catalogue, forms={"PEC": replace(form, fields=fields)})
    assert server.faults() == {}
    server.change("categoryOptions", "OptionYoung", access={"data": {"write": False}})
    assert "may not write to 0-4" in server.faults()["dhis2 options"]


def test_the_dry_run_has_the_last_word(server: Server) -> None:
    """What no other check can see: the server closes the month at this very moment."""
    with server.sandbox.held() as state:
        uid = server.data_set()
        state.data_sets[uid] = replace(state.data_sets[uid], expiry_days=1)
    found = server.faults()
    assert found.keys() == {"dhis2 PEC 202610", "dhis2 PEC dry run"}
    assert "at KOLA" in found["dhis2 PEC dry run"]
    assert "ask the district" in found["dhis2 PEC dry run"]


@pytest.mark.parametrize(
    ("days", "told"), [((), []), ((5,), ["dhis2 token"]), ((5, 60), []), ((-3,), []), ((14,), [])]
)
def test_a_token_that_expires_soon_is_told(days: tuple[int, ...], told: list[str]) -> None:
    tokens = [
        {"id": "x", "expire": int((NOW + timedelta(days=left)).timestamp() * 1000)} for left in days
    ]
    said = {"username": "gateway", "authorities": ["F_DATAVALUE_ADD"], "patTokens": tokens}
    found = account(said)
    assert isinstance(found, Account)
    findings = dhis2_check.account_findings(found, NOW)
    assert [finding.what for finding in findings if not finding.ok] == told


def test_an_account_that_may_do_everything_is_told(server: Server) -> None:
    server.sandbox.state.authorities.add("ALL")
    assert server.faults() == {}
    (line,) = [finding for finding in server.findings() if finding.what == "dhis2 account"]
    assert "F_DATAVALUE_ADD alone would be enough" in line.words
