"""The effects of a screen: a report opened, a group filed, a command run, each once."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from gateway.storage.engine import reading
from gateway.storage.tables import inbox
from gateway.ussd.caller import caller_of
from gateway.ussd.effects import Call
from menus.ussd.state import DialogueState, File, Open, Run, Transition
from tests.gateway.dialling import FakeWorkSignal, Telephone
from tests.gateway.harness import AWA, NANA, OCTOBER, PEOPLE, UNITS, Harness
from tests.gateway.stock_rows import open_codes

TEXT = "1*1*45*38*37*28*27*1"
GROUP = File("PEC", OCTOBER, {"VUS": 45, "FIE": 38}, {}, ())


def call_of(phone: Telephone, caller: str = AWA) -> Call:
    return Call(phone.services, "dialogue", caller, "61002", phone.harness.clock.now)


def state_of(call: Call) -> DialogueState:
    """The first state of a caller."""
    with reading(call.services.engine) as connection:
        context, posts = call.services.context, call.posts(connection)
        return DialogueState(caller_of(connection, context, posts, call.network, call.now))


def signals(phone: Telephone) -> list[str]:
    assert isinstance(phone.services.work_signal, FakeWorkSignal)
    return [*phone.services.work_signal.names]


def messages(harness: Harness) -> int:
    with reading(harness.engine) as connection:
        return connection.scalar(select(func.count()).select_from(inbox)) or 0


def test_what_was_confirmed_is_known_by_dialogue_and_text(phone: Telephone) -> None:
    call = call_of(phone)
    assert call.id_of(TEXT) == call.id_of(TEXT)
    assert call.id_of(TEXT).startswith("dialogue:")
    others = {call.id_of("1*1"), replace(call, dialogue="other").id_of(TEXT), call.id_of(TEXT)}
    assert len(others) == 3


def test_a_step_without_an_effect_is_its_state(phone: Telephone) -> None:
    call = call_of(phone)
    state = state_of(call)
    assert call.apply(Transition(state), TEXT) is state


def test_an_opened_report_is_shown_as_it_is_stored(harness: Harness, phone: Telephone) -> None:
    harness.told("PEC 10 VUS 45")
    call = call_of(phone)
    opened = call.apply(Transition(state_of(call), Open("PEC", OCTOBER)), TEXT)
    assert opened.report.values == {"VUS": 45}
    assert signals(phone) == []


def test_a_group_is_filed_once_however_often_it_is_confirmed(
    harness: Harness, phone: Telephone
) -> None:
    call = call_of(phone)
    opened = call.apply(Transition(state_of(call), Open("PEC", OCTOBER)), TEXT)
    first = call.apply(Transition(opened, GROUP), TEXT)
    again = call.apply(Transition(opened, GROUP), TEXT)
    assert first.report.values == again.report.values == {"VUS": 45, "FIE": 38}
    assert (messages(harness), harness.report().version) == (1, 1)
    assert signals(phone) == ["forward"]
    call.apply(Transition(opened, GROUP), f"{TEXT}*1")
    assert messages(harness) == 2


def test_a_command_is_run_once_and_answered_on_the_screen(
    harness: Harness, phone: Telephone
) -> None:
    call = call_of(phone)
    run = Transition(state_of(call), Run("RUPT", ("ENF",)))
    told = call.apply(run, "3*1")
    assert told.text.startswith("Rupture notee: ENF. Votre DTC est prevenu.")
    assert open_codes(harness) == {"ENF"}
    assert signals(phone) == ["forward", "reply"]
    assert call.apply(run, "3*1").text == harness.says("ussd_already")
    assert (messages(harness), harness.rows("reply")) == (1, [])


def test_a_command_holds_where_the_caller_chose_the_place(
    harness: Harness, phone: Telephone
) -> None:
    harness.told("PEC 10 VUS 45")
    call = call_of(phone, NANA)
    state = state_of(call)
    told = call.apply(Transition(state, Run("ETAT", (), site="KOLA", month=10)), "1").text
    assert told.startswith("Kola: octobre: PEC incomplet")


@pytest.mark.parametrize("effect", [GROUP, Run("RUPT", ("ENF",))])
def test_a_caller_who_left_the_roster_changes_nothing(
    harness: Harness, phone: Telephone, effect: File | Run
) -> None:
    call = call_of(phone)
    opened = call.apply(Transition(state_of(call), Open("PEC", OCTOBER)), "1")
    gone = [replace(who, active=who.phone != AWA) for who in PEOPLE]
    harness.enrol(UNITS, gone, since="202611")
    assert call.apply(Transition(opened, effect), TEXT).text == harness.says("ussd_stranger")
    assert (messages(harness), signals(phone)) == (0, [])


def test_a_language_that_was_chosen_holds_on_the_next_screen(phone: Telephone) -> None:
    call = call_of(phone)
    after = call.apply(Transition(state_of(call), Run("LANGUE", ("BM",))), "7*2")
    assert after.caller.language == "bm"
