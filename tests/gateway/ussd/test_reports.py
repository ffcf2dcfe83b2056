"""A group that was confirmed is filed like an SMS, and a sheet shows what is stored."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.context import Context
from gateway.storage import inbox, roster
from gateway.storage.engine import reading
from gateway.storage.inbox import READ
from gateway.ussd.reports import FiledGroup, file_group, sheet_in
from menus.ussd.state import File, Sheet
from tests.gateway.harness import AWA, OCTOBER, PEC, PEC_VALUES, Harness
from tests.gateway.stock_rows import open_codes
from tests.gateway.units_of_work import received

VALUES = {"VUS": 45, "FIE": 38}


def filed(
    harness: Harness,
    values: Mapping[str, int],
    *asked: str,
    form: str = "PEC",
    context: Context | None = None,
) -> FiledGroup:
    """A group of Kola's report of October that was confirmed now; it stands in the inbox."""
    message = received(harness, f"{form} {values}")
    with harness.engine.begin() as connection:
        (post,) = roster.posts_of(connection, [AWA], OCTOBER)[AWA]
        group = File(form, OCTOBER, values, {}, asked)
        return file_group(connection, context or harness.context, message, post, group)


def sheet(harness: Harness, form: str = "PEC") -> Sheet:
    key = (harness.unit_id("KOLA"), form, OCTOBER)
    with reading(harness.engine) as connection:
        return sheet_in(connection, harness.context, key, harness.clock.now)


def test_a_sheet_of_nothing(harness: Harness) -> None:
    found = sheet(harness)
    assert (found.form, found.month, found.values, found.receipt) == ("PEC", OCTOBER, {}, "")
    assert (found.others, found.complete, found.locked) == (("NUT", "SMI", "STK"), False, False)


def test_a_sheet_of_what_is_stored(harness: Harness) -> None:
    harness.told(PEC)
    found = sheet(harness)
    assert (found.values, found.receipt, found.complete) == (PEC_VALUES, "2UQV", True)
    assert sheet(harness, "NUT").others == ("SMI", "STK")
    harness.forwarded("KOLA", "PEC", OCTOBER)
    assert not sheet(harness).locked
    harness.clock.advance(days=12)
    assert sheet(harness).locked


def test_a_sheet_knows_the_numbers_that_its_rules_name(harness: Harness) -> None:
    harness.told("NUT 9 DEP 60 RST 5")
    assert sheet(harness, "NUT").known == {"DEP_last_month": 60, "RST_last_month": 5}
    assert sheet(harness).known.keys() >= {"KIT_received"}
    assert "RST_last_month" not in sheet(harness).known


def test_a_group_is_filed_as_a_message(harness: Harness) -> None:
    group = filed(harness, VALUES)
    assert harness.report().values == VALUES
    assert (group.sheet.values, group.sheet.receipt) == (VALUES, "2UQV")
    assert group.text.startswith("PEC oct INCOMPLET. No 2UQV. Vus45 Fievre38.")
    assert (group.queued, group.low) == (False, "")
    assert [*harness.inbox_states().values()] == [READ]
    assert harness.rows("reply") == []
    assert harness.counted() == {"read": 1, "ussd_groups": 1, "understood": 1}
    assert harness.rows("dhis2")[0].revision == 1


def test_a_doubt_that_was_asked_on_the_screen_counts(harness: Harness) -> None:
    assert filed(harness, {"VUS": 160}).sheet.values == {}
    assert harness.report().pending["VUS"].value == 160
    assert filed(harness, {"VUS": 160}, "VUS").sheet.values == {"VUS": 160}
    assert harness.report().pending == {}


def test_a_zero_of_stock_opens_a_stock_out(harness: Harness) -> None:
    filed(harness, {"ENF": 0}, form="STK")
    assert open_codes(harness) == {"ENF"}


def test_stock_that_will_not_last_is_told(harness: Harness) -> None:
    harness.told("NUT 10 RST 6")
    group = filed(harness, {"ATP": 150}, form="STK")
    assert group.low == "ATP 150 pour RST 6: pas assez pour un mois, demandez une livraison."
    assert group.text.endswith(group.low)


@pytest.mark.parametrize(("values", "queued"), [(PEC_VALUES, True), (VALUES, False)])
def test_a_whole_report_is_confirmed_by_sms_when_the_programme_says_so(
    harness: Harness, values: Mapping[str, int], queued: bool
) -> None:
    programme = harness.catalogue.programme
    ussd = replace(programme.ussd, sms_receipt=True)
    catalogue = replace(harness.catalogue, programme=replace(programme, ussd=ussd))
    group = filed(harness, values, context=replace(harness.context, catalogue=catalogue))
    assert group.queued is queued
    replies = [(row.text, row.form, row.period) for row in harness.rows("reply")]
    assert replies == ([(group.text, "PEC", OCTOBER)] if queued else [])


def test_a_group_is_the_last_message_of_its_sender(harness: Harness) -> None:
    filed(harness, VALUES)
    assert harness.told("ANNULE") == "Annuler votre dernier message (PEC)? Si oui, repondez OUI."
    harness.told("OUI")
    assert harness.report().values == {}
    with reading(harness.engine) as connection:
        assert inbox.waiting(connection)[0] == 0
