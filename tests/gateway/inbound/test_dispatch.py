"""A message goes to its keyword's handler, or its numbers are filed; its answer has two parts."""

from dataclasses import replace

import pytest

from gateway.inbound.dispatch import MOST_PARTS, answer, dispatch
from gateway.reports.filing import file_submission
from gateway.storage import inbox
from gateway.storage.tables import inbox as table
from menus.gsm7 import parts
from tests.gateway.harness import AWA, NANA, NOON, OCTOBER, OUMAR, PEC, STRANGER, Harness
from tests.gateway.units_of_work import calls_of, heard

NOTHING_WAITS = "Rien n'attend votre reponse. Rien n'est change. AIDE explique quoi envoyer."


def test_a_stranger_is_told_so_and_nothing_is_read(harness: Harness) -> None:
    with heard(harness, PEC, STRANGER) as (uow, understood):
        assert dispatch(uow, understood) == (
            "Ce numero n'est pas inscrit, rien n'est note. Voyez le DTC de votre centre."
        )
        assert uow.counters == {"strangers": 1}
    assert harness.versions() == []


def test_a_keyword_is_handled_and_counted_as_understood(harness: Harness) -> None:
    with heard(harness, "ETAT") as (uow, understood):
        assert dispatch(uow, understood) == ("octobre: PEC rien; NUT rien; SMI rien; STK rien.")
        assert uow.counters == {"understood": 1}
    with heard(harness, "OUI") as (uow, understood):
        assert dispatch(uow, understood) == NOTHING_WAITS


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (PEC, "understood"),
        ("PEC 10 VUS 160", "refused"),
        ("PEC 10 VUS 45 XYZQ 12", "refused"),
        ("PEC 8 VUS 45", "refused"),
        ("Bonjour", "refused"),
    ],
)
def test_numbers_are_counted_by_whether_all_was_taken(
    harness: Harness, text: str, counted: str
) -> None:
    with heard(harness, text) as (uow, understood):
        dispatch(uow, understood)
        assert uow.counters == {counted: 1}


def test_each_form_of_a_message_is_filed_once(harness: Harness) -> None:
    with heard(harness, "SMI 10 VAD 60 PEC VUS 45 NUT DEP 180") as (uow, understood):
        with calls_of(file_submission) as calls:
            dispatch(uow, understood)
        assert calls.total() == 3
    assert harness.report(form="SMI").values == {"VAD": 60}


def test_a_number_behind_a_near_code_waits_under_the_code_meant(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 45 FEI 36") as (uow, understood):
        dispatch(uow, understood)
        report = uow.reports.get((harness.unit_id("KOLA"), "PEC", OCTOBER))
        assert report is not None
        assert (report.values, report.pending["FIE"].value) == ({"VUS": 45}, 36)


def test_a_number_that_was_typed_goes_before_one_of_a_near_code(harness: Harness) -> None:
    with heard(harness, "PEC 10 FIE 38 FEI 36") as (uow, understood):
        dispatch(uow, understood)
        report = uow.reports.get((harness.unit_id("KOLA"), "PEC", OCTOBER))
        assert report is not None
        assert report.values == {"FIE": 38}


def test_a_near_code_with_a_number_beyond_its_limit_is_not_offered(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 45 FEI 9999") as (uow, understood):
        dispatch(uow, understood)
        report = uow.reports.get((harness.unit_id("KOLA"), "PEC", OCTOBER))
        assert report is not None
        assert (report.values, report.pending) == ({"VUS": 45}, {})


def test_the_reply_is_queued_with_the_report_that_it_is_about(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 45") as (uow, understood):
        answer(uow, understood)
        (reply,) = uow.outgoing.replies
        assert (reply.key, reply.phone) == (f"reply:{understood.message.id}", AWA)
        site = harness.unit_id("KOLA")
        assert (reply.unit_id, reply.form, reply.period) == (site, "PEC", OCTOBER)
        assert (reply.parts, uow.counters["sms_parts"]) == (1, 1)
    with heard(harness, "PEC 10 VUS 45 NUT DEP 3") as (uow, understood):
        answer(uow, understood)
        (reply,) = uow.outgoing.replies
        assert (reply.form, reply.period) == (None, OCTOBER)
        assert (reply.parts, uow.counters["sms_parts"]) == (2, 2)


def test_a_message_may_be_handled_without_a_reply(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 45") as (uow, understood):
        answer(uow, understood, silent=True)
        assert uow.outgoing.replies == []
        assert uow.counters == {"understood": 1, "unanswered": 1}
    assert harness.report().values == {"VUS": 45}


def test_a_warning_is_left_out_where_two_parts_have_no_room(harness: Harness) -> None:
    harness.told("STK 10 ATP 2")
    nut = "NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6"
    low = "ATP 2 pour RST 6: pas assez pour un mois, demandez une livraison."
    assert harness.told(nut).endswith(low)
    long = harness.told(f"PEC 10 VUS 160 FIE 161 TDR 162 SMI VAD 999 CPN 161 {nut}")
    assert len(parts(long)) == MOST_PARTS
    assert not long.endswith(low)


@pytest.mark.parametrize(
    ("text", "phone", "name"),
    [
        ("PEC 10 VUS 45", AWA, ""),
        ("KOLA PEC 10 VUS 45", OUMAR, "Kola: "),
        ("POUR SIRAKORO PEC 10 VUS 45", NANA, "Sirakoro: "),
        ("KOLA RCU ENF 20", OUMAR, "Kola: "),
        ("KOLA ETAT", OUMAR, ""),
    ],
)
def test_an_answer_names_its_site_where_it_could_be_another(
    harness: Harness, text: str, phone: str, name: str
) -> None:
    with heard(harness, text, phone) as (uow, understood):
        told = dispatch(uow, understood)
        head = told.split("PEC")[0].split("Recu note")[0].split("octobre")[0]
        assert head == name


def test_a_text_about_a_patient_that_is_refused_is_erased(harness: Harness) -> None:
    with heard(harness, "CRF 4721 A Canari") as (uow, understood):
        assert dispatch(uow, understood) == "CRF n'est pas pour vous. Rien n'est change."
        kept = uow.connection.scalar(
            table.select()
            .with_only_columns(table.c.text)
            .where(table.c.id == understood.message.id)
        )
        assert kept is None


def test_without_anything_to_tell_the_message_was_not_understood(harness: Harness) -> None:
    with heard(harness, "Bonjour") as (uow, understood):
        plain = replace(understood, problems=(), fillings=(), personal=False)
        assert dispatch(uow, plain).startswith("Pas compris, rien n'est note.")
        assert inbox.sent_at(uow.connection, [understood.message.id]) == {
            understood.message.id: NOON
        }
