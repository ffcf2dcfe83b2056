"""What a conversation keeps: the open question, the reports touched, a message without its site."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.conversation.message import Understood
from gateway.conversation.questions import (
    close_question,
    erase_if_refused,
    hold_for_site,
    open_question,
    remember,
)
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import inbox
from gateway.storage.conversations import Asked, Conversation
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.wording.replies import ReportReply
from tests.gateway.harness import AWA, NANA, NOON, OCTOBER, OUMAR, PEC, PEC_VALUES, Harness
from tests.gateway.units_of_work import heard

HOURS_72 = timedelta(hours=72)
CLEAR = {"asked": (), "undo_id": None, "proposed": None}


def reply(*to_confirm: str, form: str = "PEC") -> ReportReply:
    return ReportReply(
        form=form,
        period=Period(2026, 10),
        receipt="2UQV",
        values={},
        days_out={},
        missing=(),
        pending={},
        problems=(),
        repaired=(),
        complete=False,
        late=False,
        unchanged=False,
        superseded=False,
        other_forms_missing=(),
        to_confirm=to_confirm,
    )


def conversation_of(uow: UnitOfWork, understood: Understood) -> Conversation:
    assert understood.post is not None
    found = uow.conversations.get(understood.post.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked_at", "is_open"),
    [(NOON - HOURS_72, True), (NOON - HOURS_72 - timedelta(seconds=1), False)],
)
@pytest.mark.parametrize(
    "question",
    [
        {"asked": (Asked((1, "PEC", OCTOBER), ("VUS",)),)},
        {"undo_id": 1},
        {"proposed": {"topic": "receipts"}},
    ],
    ids=["numbers", "undo", "shipment"],
)
def test_a_question_is_open_for_72_hours(
    harness: Harness, asked_at: object, is_open: bool, question: dict[str, object]
) -> None:
    with heard(harness, "OUI") as (uow, understood):
        assert understood.post is not None
        conversation = replace(
            Conversation(understood.post.id, NOON), asked_at=asked_at, **question
        )
        uow.conversations.put(conversation)
        assert open_question(uow, understood) == (conversation if is_open else None)
        close_question(uow, conversation)
        assert open_question(uow, understood) is None
        assert conversation_of(uow, understood) == replace(conversation, **CLEAR)


def test_a_stranger_has_no_question(harness: Harness) -> None:
    with heard(harness, "OUI") as (uow, understood):
        assert open_question(uow, replace(understood, post=None)) is None


def test_the_reports_touched_and_the_numbers_asked_are_kept(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 160") as (uow, understood):
        site = harness.unit_id("KOLA")
        remember(uow, understood, [reply("VUS"), reply(form="NUT")])
        conversation = conversation_of(uow, understood)
        assert conversation.asked == (Asked((site, "PEC", OCTOBER), ("VUS",)),)
        assert conversation.touched == ((site, "PEC", OCTOBER), (site, "NUT", OCTOBER))
        assert conversation.asked_at == NOON


def test_a_question_outlasts_a_report_without_one_and_keeps_its_hour(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=1)
    with heard(harness, "NUT 10 DEP 145") as (uow, understood):
        remember(uow, understood, [reply(form="NUT")])
        conversation = conversation_of(uow, understood)
        assert [asked.codes for asked in conversation.asked] == [("VUS",)]
        assert [form for _, form, _ in conversation.touched] == ["NUT"]
        assert conversation.asked_at == NOON


def test_a_question_that_is_over_is_not_kept(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=73)
    with heard(harness, "NUT 10 DEP 145") as (uow, understood):
        remember(uow, understood, [reply(form="NUT")])
        conversation = conversation_of(uow, understood)
        assert conversation.asked == ()
        assert conversation.asked_at == harness.clock.now


def test_an_annule_ends_with_the_next_report(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("ANNULE")
    with heard(harness, "NUT 10 DEP 145") as (uow, understood):
        assert conversation_of(uow, understood).undo_id is not None
        remember(uow, understood, [reply(form="NUT")])
        assert conversation_of(uow, understood).undo_id is None


def test_pages_to_come_outlast_a_question(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 160") as (uow, understood):
        assert understood.post is not None
        uow.conversations.put(Conversation(understood.post.id, NOON, more=("2/2",), more_at=NOON))
        remember(uow, understood, [reply("VUS")])
        assert conversation_of(uow, understood).more == ("2/2",)
        assert conversation_of(uow, understood).more_at == NOON


def test_an_answer_without_reports_is_not_remembered(harness: Harness) -> None:
    with heard(harness, "PEC 10 VUS 160") as (uow, understood):
        remember(uow, understood, [])
        remember(uow, replace(understood, site=None), [reply("VUS")])
        assert understood.post is not None
        assert uow.conversations.get(understood.post.id) is None


def test_a_message_without_its_site_is_held_until_the_site_is_named(harness: Harness) -> None:
    with heard(harness, PEC, OUMAR) as (uow, understood):
        hold_for_site(uow, understood)
        assert conversation_of(uow, understood).held_id == understood.message.id
        held = understood.message.id
    with heard(harness, "Tene", OUMAR) as (uow, understood):
        assert understood.taken_up
        assert understood.keys == [(harness.unit_id("TENE"), "PEC", OCTOBER)]
        hold_for_site(uow, understood)
        assert all(
            found.held_id is None
            for post in understood.posts
            if (found := uow.conversations.get(post.id)) is not None
        )
        # What is said of no patient stays as it was sent.
        assert inbox.messages(uow.connection, [held])[held].text == PEC


def test_a_held_text_about_a_patient_is_erased_once_it_is_taken_up(harness: Harness) -> None:
    held = harness.receive("REF 14 F PG ART", OUMAR)
    harness.read()
    with heard(harness, "Tene", OUMAR) as (uow, understood):
        hold_for_site(uow, understood)
        assert inbox.messages(uow.connection, [held]) == {}


@pytest.mark.parametrize(
    ("command", "kept"), [("CRF", False), ("REF", False), ("VAL", True), ("", True)]
)
def test_the_text_of_a_refused_keyword_about_patients_is_erased(
    harness: Harness, command: str, kept: bool
) -> None:
    refused = Problem("not_for_you", Level.REFUSE, values={"command": command})
    with heard(harness, "ETAT") as (uow, understood):
        erase_if_refused(uow, replace(understood, problems=(refused,)))
        assert bool(inbox.messages(uow.connection, [understood.message.id])) is kept


# --- As the sender sees it


def test_bare_codes_go_where_the_last_message_went(harness: Harness) -> None:
    harness.told("PEC 09 VUS 45 FIE 38")
    harness.told("TDR 37")
    assert harness.report(period="202609").values["TDR"] == 37
    assert harness.periods() == ["202609"]


def test_a_correction_goes_where_the_last_message_went(harness: Harness) -> None:
    harness.told(PEC.replace("PEC 10", "PEC 09"))
    harness.told("COR POS 27")
    assert harness.report(period="202609").values["POS"] == 27
    harness.told(PEC)
    harness.told("CORR 09 POS 26 CTA 26")
    assert harness.report(period="202609").values == {**PEC_VALUES, "POS": 26, "CTA": 26}
    assert harness.report().values == PEC_VALUES


def test_a_supervisors_question_is_another_conversation(harness: Harness) -> None:
    harness.told("POUR KOLA PEC 10 VUS 160", NANA)
    with heard(harness, "OUI", AWA) as (uow, understood):
        assert open_question(uow, understood) is None
    with heard(harness, "OUI", NANA) as (uow, understood):
        assert open_question(uow, understood) is not None
