"""A message changes one report; its sender is told how the report stands."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.report import Waiting, Why
from gateway.reports.filing import Submission, file_submission, filled_of
from gateway.storage.forwards import Forward
from menus import gsm7
from menus.model.reading import Filled
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    NOON,
    OCTOBER,
    OUMAR,
    PEC,
    PEC_VALUES,
    SIRA,
    Harness,
    person,
)
from tests.gateway.units_of_work import heard

ON_TIME = datetime(2026, 11, 3, 23, 59, tzinfo=UTC)
NUT = "NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6"
SMI = "SMI 10 VAD 60 CPN 12 VNN 14 NND 1 PIL 5 INJ 7 CDM 40 EDU 4"
STK = (
    "STK 10 BEB 24 ENF 0J12 KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 150 PAR 200 PLQ 20 "
    "SAY 15 CAP 100"
)


def test_a_whole_report_is_stored_answered_and_wanted(harness: Harness) -> None:
    answer = harness.told(PEC)
    report = harness.report()
    assert report.values == PEC_VALUES
    assert (report.version, report.complete, report.pending, report.problems) == (1, True, {}, ())
    assert answer.startswith(f"PEC octobre OK. No {report.receipt}.")
    assert all(f"{number}" in answer for number in PEC_VALUES.values())
    (reply,) = harness.rows("reply")
    assert (reply.form, reply.period, reply.unit_id) == ("PEC", OCTOBER, report.site_id)
    assert (reply.state, reply.next_at, reply.parts) == ("waiting", NOON, len(gsm7.parts(answer)))
    (forward,) = harness.rows("dhis2")
    assert forward.key == Forward(report.site_id, "PEC", OCTOBER).key
    assert (forward.state, forward.next_at, forward.revision) == ("waiting", NOON, 1)


def test_a_version_tells_who_when_and_from_which_message(harness: Harness) -> None:
    sent = NOON - timedelta(minutes=5)
    first = harness.receive("PEC 10 VUS 45", sent=sent)
    harness.read()
    harness.clock.advance(hours=1)
    second = harness.receive("PEC 10 VUS 46 FIE 38")
    harness.read()
    before, after = harness.versions()
    assert (before.version, before.inbox_id, before.values) == (1, first, {"VUS": 45})
    assert (before.sent_at, before.accepted_at) == (sent, NOON)
    assert (after.version, after.inbox_id, after.values) == (2, second, {"VUS": 46, "FIE": 38})
    assert before.post_id == after.post_id
    assert harness.report().received_at == sent


def test_the_same_text_again_changes_nothing(harness: Harness) -> None:
    harness.told(PEC)
    before = harness.report()
    harness.clock.advance(hours=1)
    answer = harness.told(f"  {PEC.lower()} ")
    assert answer.startswith(f"PEC octobre DEJA RECU. No {before.receipt}.")
    after = harness.report()
    assert (after.values, after.version, after.receipt) == (PEC_VALUES, 1, before.receipt)
    assert after.changed_at == before.changed_at
    assert len(harness.versions()) == 1
    assert harness.rows("dhis2")[0].revision == 1


def test_a_text_that_was_replaced_is_answered_with_what_stands(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.told("PEC 10 VUS 47")
    answer = harness.told("PEC 10 VUS 45")
    assert answer == (
        "PEC oct: message ancien. Garde: No 2UQV. Vus47. Manque PEC FIE TDR POS CTA GRV ART IRA AMX "
        "DIA SRZ RFS DCD. Retard. Pour changer renvoyez tout PEC."
    )
    assert harness.report().values == {"VUS": 47}
    assert len(harness.versions()) == 2


@pytest.mark.parametrize("number", ["POS 48", "VUS 160", "VUS 4000"])
def test_a_text_sent_again_whose_number_was_not_taken_is_not_called_old(
    harness: Harness, number: str
) -> None:
    text = f"PEC 10 TDR 37 RFS 3 {number}"
    first = harness.told(text)
    assert number in first
    assert harness.told(text) == first
    assert len(harness.versions()) == 1


def test_days_out_that_were_taken_back_are_not_brought_back_by_the_old_text(
    harness: Harness,
) -> None:
    harness.told("STK 10 ENF 0J12 BEB 4")
    harness.told("STK 10 ENF 0")
    assert harness.told("STK 10 ENF 0J12 BEB 4").startswith("STK oct: message ancien. Garde:")
    assert harness.report(form="STK").days_out == {}


@pytest.mark.parametrize("again", ["ENF 0J30", "ENF 0"])
def test_days_out_of_a_closed_report_are_the_dtcs_to_change(harness: Harness, again: str) -> None:
    harness.told("STK 10 ENF 0J12 BEB 4")
    harness.forwarded("KOLA", "STK", OCTOBER)
    harness.clock.advance(days=12)
    harness.told(f"STK 10 {again}")
    assert harness.report(form="STK").days_out == {"ENF": 12}
    harness.told("STK 10 ENF 0J12 SEL 3")
    assert harness.report(form="STK").values["SEL"] == 3
    harness.told(f"POUR KOLA STK 10 {again}", NANA)
    assert harness.report(form="STK").days_out != {"ENF": 12}


def test_the_good_number_sent_again_drops_the_one_that_waits(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.told("PEC 10 VUS 160")
    assert harness.told("PEC 10 VUS 45").startswith("PEC oct DEJA RECU. No 2UQV. Vus45.")
    report = harness.report()
    assert (report.values, report.pending, report.version) == ({"VUS": 45}, {}, 1)


def test_a_number_that_breaks_a_rule_is_not_stored_and_told(harness: Harness) -> None:
    answer = harness.told(PEC.replace("POS 28", "POS 48"))
    report = harness.report()
    assert {"POS", "TDR"}.isdisjoint(report.values)
    assert report.pending["POS"].value == 48
    assert answer == (
        "PEC oct A CORRIGER. No 2UQV. Vus45 Fievre38 CTA27 Grave2 ArtR2 IRA9 Amox9 Dia11 SRO-Zn10 "
        "Ref3 Deces0. POS 48 depasse TDR 37. Corrigez: COR POS .. Retard."
    )
    text = "POS 48 est plus grand que TDR 37: les TDR positifs ne depassent pas les TDR faits."
    assert report.problems == ({"level": "refuse", "codes": ["POS", "TDR"], "text": text},)
    mended = harness.told("PEC 10 POS 28")
    assert mended.startswith("PEC octobre OK.")
    assert harness.report().values == PEC_VALUES
    assert harness.report().problems == ()


def test_the_answer_is_in_the_persons_language(harness: Harness) -> None:
    assert harness.told(PEC, FANTA).startswith("PEC òkutòburu dafalen. No 2BA7.")
    assert harness.told("Bonjour", FANTA).startswith("A ma faamu")
    assert harness.told("Bonjour", AWA).startswith("Pas compris")


def test_several_forms_in_one_message_have_one_answer(harness: Harness) -> None:
    assert harness.told("PEC 10 VUS 45 NUT DEP 180") == (
        "PEC oct INCOMPLET. No 2UQV. Vus45. Manque PEC FIE TDR POS CTA GRV ART IRA AMX DIA SRZ RFS "
        "DCD. NUT oct INCOMPLET. No 9ZF9. Depistes180. Manque NUT MAM MAS URE GUE ABD SOD RST. "
        "Retard. Le reste est garde."
    )
    (reply,) = harness.rows("reply")
    assert (reply.form, reply.period) == (None, OCTOBER)
    assert {row.form for row in harness.rows("dhis2")} == {"PEC", "NUT"}
    assert harness.report(form="NUT").receipt != harness.report(form="PEC").receipt


def test_what_remains_is_told_until_all_is_in(harness: Harness) -> None:
    assert harness.told(PEC).endswith(" Recu en retard. Reste NUT SMI STK.")
    assert harness.told(NUT).endswith(" Recu en retard. Reste SMI STK.")
    assert harness.told(SMI).endswith(" Recu en retard. Reste STK.")
    assert harness.told(STK).endswith(
        " Recu en retard. Tout est recu, merci. ATP 150 pour RST 6: pas assez pour un mois, demandez "
        "une livraison."
    )
    assert harness.report(form="STK").days_out == {"ENF": 12}


@pytest.mark.parametrize(
    ("messages", "late"),
    [
        ([(ON_TIME, "PEC 10 VUS 45")], False),
        ([(NOON, "PEC 10 VUS 45")], True),
        ([(ON_TIME, PEC), (NOON, "PEC 10 VUS 46")], False),
        ([(ON_TIME, "PEC 10 VUS 45"), (NOON, PEC)], True),
    ],
    ids=["on time", "late", "whole on time, corrected late", "whole only when late"],
)
def test_late_is_what_became_whole_late(
    harness: Harness, messages: list[tuple[datetime, str]], late: bool
) -> None:
    for sent, text in messages:
        harness.told(text, sent=sent)
    assert harness.report().late is late


def test_the_cells_of_the_nearest_unit_are_wanted(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA, SIRA):
        harness.told("PEC 10 VUS 45", phone)
    rows = {row.unit_id: row.revision for row in harness.rows("dhis2")}
    # Fanta and Issa feed one facility; Sira's own site stands for a unit that is not there yet.
    assert rows == {
        harness.unit_id("KOLA"): 1,
        harness.unit_id("KANI"): 2,
        harness.unit_id("LONE"): 1,
    }


def test_a_message_that_changes_nothing_wants_nothing(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.told("PEC 10 vus=45")
    harness.told("PEC 10 VUS 160")
    assert harness.rows("dhis2")[0].revision == 1
    assert harness.report().version == 1
    assert harness.report().pending["VUS"].value == 160


def test_a_second_phone_of_a_site_fills_the_same_report(harness: Harness) -> None:
    harness.enrol((), (person("+22370000009", "asc", "KOLA"),))
    harness.told("PEC 10 VUS 45")
    harness.told("PEC 10 FIE 38", "+22370000009")
    assert harness.report().values == {"VUS": 45, "FIE": 38}
    assert len({version.post_id for version in harness.versions()}) == 2


def test_a_phone_of_two_sites_is_asked_and_nothing_is_stored(harness: Harness) -> None:
    assert harness.told("PEC 10 VUS 45", OUMAR).startswith("Pour quel site: Kola, Tene?")
    assert harness.versions() == []


def test_what_was_done_is_counted(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("PEC 10 VUS 460")
    harness.told("Bonjour", "+22370009999")
    counted = dict(harness.counted())
    parts = sum(row.parts for row in harness.rows("reply"))
    assert counted == {
        "read": 3, "understood": 1, "refused": 1, "strangers": 1, "sms_parts": parts
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "large"),
    [
        (45, 66, False),
        (45, 134, False),
        (45, 135, True),
        (10, 30, False),
        (10, 31, True),
        (66, 45, False),
        (66, 22, True),
        (30, 10, False),
        (0, 20, False),
        (0, 21, True),
    ],
)
def test_a_large_correction_waits_for_an_oui(
    harness: Harness, before: int, after: int, large: bool
) -> None:
    harness.told(f"PEC 10 VUS {before}")
    state = "A CONFIRMER" if large else "INCOMPLET"
    assert harness.told(f"COR VUS {after}").startswith(f"PEC oct {state}. No 2UQV.")
    assert harness.report().values["VUS"] == (before if large else after)
    if large:
        harness.told("OUI")
        assert harness.report().values["VUS"] == after


def test_a_full_new_report_is_no_large_correction(harness: Harness) -> None:
    harness.told(PEC.replace("VUS 45", "VUS 140"))
    harness.told(PEC)
    assert harness.report().values == PEC_VALUES
    assert harness.report().version == 2


def test_what_is_in_dhis2_is_changed_by_the_dtc_after_the_15th(harness: Harness) -> None:
    harness.told(PEC)
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=11)
    harness.told("COR 10 POS 27")
    assert harness.report().values["POS"] == 27
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=1)
    assert harness.told("COR 10 POS 26") == (
        "PEC oct OK. No 2UQV. Vus45 Fievre38 TDR37 Pos27 CTA27 Grave2 ArtR2 IRA9 Amox9 Dia11 "
        "SRO-Zn10 Ref3 Deces0. POS: rapport clos, voyez le DTC. Retard."
    )
    assert harness.report().values["POS"] == 27
    harness.told("POUR KOLA COR 10 POS 26 CTA 26", NANA)
    assert harness.report().values["POS"] == 26


def test_a_gap_may_be_filled_after_the_15th(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=20)
    harness.told("PEC 10 FIE 38")
    assert harness.report().values == {"VUS": 45, "FIE": 38}


def test_filing_returns_the_change_and_queues_nothing(harness: Harness) -> None:
    """Stock-outs are opened by the caller, by the change that filing returns."""
    harness.told("STK 10 BEB 4")
    with heard(harness, "STK 10 ENF 0") as (uow, understood):
        assert understood.post is not None
        key = (harness.unit_id("KOLA"), "STK", OCTOBER)
        submission = Submission(understood.message, understood.post, key, understood.fillings[0])
        filed = file_submission(uow, submission)
        assert filed.change is not None
        assert filed.change.before is not None
        assert (filed.change.before.values, filed.change.after.values) == (
            {"BEB": 4},
            {"BEB": 4, "ENF": 0},
        )
        again = file_submission(uow, submission)
        assert (again.change, again.reply.unchanged) == (None, True)
    assert harness.rows("notice") == []


def test_numbers_that_wait_are_filed_as_if_they_were_sent_again() -> None:
    waiting = {
        "VUS": Waiting(160, None, (1, 2), Why.DOUBT),
        "ENF": Waiting(0, 12, (1, 2), Why.OUI),
    }
    assert filled_of("STK", waiting) == Filled("STK", {"VUS": 160, "ENF": 0}, {"ENF": 12})
