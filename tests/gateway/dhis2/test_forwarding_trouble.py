"""Each trouble with DHIS2 has its outcome, costs no number, and passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.dhis2 import forwarding
from gateway.model.report import Status
from gateway.sandbox.dhis2 import Kind
from gateway.storage import outbox
from tests.gateway.dhis2_server import CLOSED, HELD, FarSide, far_side
from tests.gateway.harness import AWA, FANTA, ISSA, NOON, PEC, PEC_VALUES, Harness, killed_at

AT_ONCE, AS_WISHED, FOR_A_PERSON = (5, 7), (30, 38), (120, 150)  # seconds of rest
TROUBLES = {
    Kind.DOWN: ("http_503", "waiting", AT_ONCE),
    Kind.TOO_MANY: ("http_429", "waiting", AS_WISHED),
    Kind.LOGIN: ("redirect_login", "waiting", FOR_A_PERSON),
    Kind.HTML: ("html", "waiting", AT_ONCE),
    Kind.UNAUTHORIZED: ("http_401", "waiting", FOR_A_PERSON),
    Kind.PAT_EXPIRED: ("http_401", "waiting", FOR_A_PERSON),
    Kind.ERROR: ("http_500", "waiting", None),
    Kind.LATE: ("http_504", "sending", AT_ONCE),
    Kind.RESET: ("cut", "sending", AT_ONCE),
    Kind.DROP: ("cut", "sending", AT_ONCE),
}


def test_each_trouble_has_its_outcome_and_passes(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    for number, (kind, (reason, state, rest)) in enumerate(TROUBLES.items()):
        dhis2.fail(kind)
        harness.told(f"PEC 10 POS {10 + number} CTA 10")
        dhis2.send()
        row = harness.only("dhis2")
        assert (row.state, row.reason, row.attempts) == (state, reason, 1)
        assert harness.report().status is Status.COMPLETE
        assert_rests(dhis2, reason, rest)
        dhis2.recover()
        harness.clock.advance(minutes=3)
        dhis2.send()
        assert dhis2.held() == {**HELD, "CTA": "10", "POS": str(10 + number)}
        assert dhis2.completed() == "2026-11-04"
        assert harness.report().status is Status.FORWARDED
        assert (harness.only("dhis2").state, harness.only("dhis2").attempts) == ("sent", 0)
        assert dhis2.health().failures == 0
    assert dhis2.sandbox.ledger.overlaps == []


def assert_rests(dhis2: FarSide, reason: str, rest: tuple[int, int] | None) -> None:
    """DHIS2 is left alone for so many seconds after its first failure; None: it is not."""
    health = dhis2.health()
    if rest is None:
        assert health.failures == 0
        return
    assert (health.failures, health.reason) == (1, reason)
    assert health.closed_until is not None
    assert rest[0] <= (health.closed_until - dhis2.harness.clock.now).total_seconds() <= rest[1]
    made = len(dhis2.calls())
    dhis2.send()
    assert len(dhis2.calls()) == made


def test_a_server_that_is_not_there_is_tried_ever_less_often(
    harness: Harness, dhis2: FarSide
) -> None:
    with far_side(harness, "legacy") as gone:
        far = gone.target
    harness.told(PEC)
    pauses = []
    for failures in range(1, 9):
        forwarding.send_due(harness.engine, far, harness.clock)
        health = dhis2.health()
        assert (health.failures, health.reason) == (failures, "connect")
        assert health.closed_until is not None
        pauses.append((health.closed_until - harness.clock.now).total_seconds())
        harness.clock.now = health.closed_until
    assert pauses[0] <= 7
    assert max(pauses) <= 150
    assert pauses[-1] >= 120
    dhis2.send()
    assert dhis2.held() == HELD


def test_while_it_fails_one_row_is_tried_and_then_all_move(
    harness: Harness, dhis2: FarSide
) -> None:
    dhis2.fail(Kind.DOWN)
    for phone in (AWA, FANTA, ISSA):
        for form in ("PEC 10 VUS 1", "NUT 10 DEP 1", "SMI 10 VAD 1"):
            harness.receive(form, phone)
    harness.clock.now = CLOSED
    harness.read()
    dhis2.send()
    tried = sum(row.attempts for row in harness.rows("dhis2"))
    assert tried == 2, "one form's rows, together"
    for more in (1, 2):
        harness.clock.advance(minutes=1)
        dhis2.send()
        assert sum(row.attempts for row in harness.rows("dhis2")) == tried + more
    assert len(dhis2.calls()) == 3
    dhis2.recover()
    harness.clock.advance(minutes=3)
    dhis2.send()
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}
    for form, code in (("PEC", "VUS"), ("NUT", "DEP"), ("SMI", "VAD")):
        assert dhis2.held("KaniFacil01", form) == {code: "2"}


def break_vus(dhis2: FarSide, *, broken: bool = True) -> None:
    """DHIS2 takes no number any more for VUS, or takes it again."""
    kind = "TRUE_ONLY" if broken else "INTEGER_ZERO_OR_POSITIVE"
    with dhis2.sandbox.held() as state:
        for uid, element in state.elements.items():
            if element.code == "ASC_PEC_VUS":
                state.elements[uid] = replace(element, value_type=kind)


@pytest.mark.parametrize(("family", "code"), [("legacy", "E7619"), ("sql", "E8122")])
def test_one_refused_number_is_told_and_the_others_are_in(
    harness: Harness, family: str, code: str
) -> None:
    with far_side(harness, family) as dhis2:
        break_vus(dhis2)
        harness.told(PEC)
        dhis2.send()
        assert dhis2.held() == {name: one for name, one in HELD.items() if name != "VUS"}
        assert dhis2.completed() is None
        report = harness.report()
        assert report.status is Status.REFUSED
        assert list(report.refusals) == ["VUS"]
        row = harness.only("dhis2")
        assert (row.state, row.reason, row.next_at) == ("refused", code, None)
        assert harness.counted() | {"forwards_refused": 1} == harness.counted()
        break_vus(dhis2, broken=False)
        with harness.engine.begin() as connection:
            assert outbox.retry(connection, [row.id], NOON) == [row.id]
        dhis2.send()
        assert dhis2.held() == HELD
        assert dhis2.completed() == "2026-11-04"
        assert (harness.report().status, harness.report().refusals) == (Status.FORWARDED, {})


def test_a_correction_of_a_refused_number_leaves_by_itself(
    harness: Harness, dhis2: FarSide
) -> None:
    break_vus(dhis2)
    harness.told(PEC)
    dhis2.send()
    break_vus(dhis2, broken=False)
    harness.told("PEC 10 VUS 46")
    dhis2.send()
    assert dhis2.held() == {**HELD, "VUS": "46"}
    assert harness.report().status is Status.FORWARDED


def test_a_refusal_does_not_cancel_what_is_due_at_the_closing_date(
    harness: Harness, dhis2: FarSide
) -> None:
    break_vus(dhis2)
    harness.told(PEC, FANTA)
    harness.told("PEC 10 FIE 5", ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01")["FIE"] == "38"
    harness.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held("KaniFacil01")["FIE"] == "43"
    assert harness.only("dhis2").state == "refused"


def test_what_a_refused_cell_held_before_is_not_forgotten(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    break_vus(dhis2)
    harness.told("PEC 10 VUS 46")
    dhis2.send()
    row = harness.only("dhis2")
    assert dhis2.held() == HELD
    assert row.sent_values is not None
    assert len(row.sent_values) == len(HELD)
    assert "45" in row.sent_values.values()


@pytest.mark.parametrize("family", ["legacy", "sql"])
def test_a_unit_that_is_not_assigned_does_not_hold_up_the_others(
    harness: Harness, family: str
) -> None:
    with far_side(harness, family) as dhis2:
        with dhis2.sandbox.held() as state:
            for uid, data_set in state.data_sets.items():
                units = data_set.org_units - {"KolaSite001"}
                state.data_sets[uid] = replace(data_set, org_units=units)
        for phone in (AWA, FANTA, ISSA):
            harness.receive(PEC, phone)
        harness.read()
        dhis2.send()
        assert dhis2.held() == {}
        assert dhis2.held("KaniFacil01")["VUS"] == "90"
        states = {row.unit_id: row.state for row in harness.rows("dhis2")}
        assert states == {harness.unit_id("KOLA"): "refused", harness.unit_id("KANI"): "sent"}
        assert set(harness.report().refusals) == set(PEC_VALUES)


def test_an_account_that_may_not_write_pauses_all_and_loses_nothing(
    harness: Harness, dhis2: FarSide
) -> None:
    with dhis2.sandbox.held() as state:
        state.no_data_write.update(state.data_sets)
    harness.told(PEC)
    dhis2.send()
    assert harness.only("dhis2").state == "waiting"
    assert dhis2.health("PEC").reason in ("E7601", "E8010")
    assert dhis2.health().failures == 0, "the server itself does well"
    with dhis2.sandbox.held() as state:
        state.no_data_write.clear()
    harness.clock.advance(minutes=3)
    dhis2.send()
    assert dhis2.held() == HELD


def test_a_lost_answer_about_completeness_is_asked_for_again(
    harness: Harness, dhis2: FarSide
) -> None:
    dhis2.fail(Kind.RESET, 1, path="/api/completeDataSetRegistrations")
    harness.told(PEC)
    dhis2.send()
    assert dhis2.held() == HELD
    assert harness.only("dhis2").state == "sending"
    dhis2.recover()
    harness.clock.advance(minutes=3)
    dhis2.send()
    assert dhis2.completed() == "2026-11-04"
    assert harness.only("dhis2").state == "sent"


def test_completeness_that_was_put_off_needs_no_values_again(
    harness: Harness, dhis2: FarSide
) -> None:
    dhis2.fail(Kind.DOWN, 1, path="/api/completeDataSetRegistrations")
    harness.told(PEC)
    dhis2.send()
    assert harness.report().status is Status.FORWARDED
    dhis2.recover()
    harness.clock.advance(minutes=3)
    dhis2.send()
    assert dhis2.completed() == "2026-11-04"
    assert dhis2.calls().count("dataValueSets") == 1


@pytest.mark.parametrize("killed", [False, True], ids=["cut", "killed"])
def test_a_doubtful_completeness_of_a_set_that_is_so_no_longer_is_withdrawn(
    harness: Harness, dhis2: FarSide, *, killed: bool
) -> None:
    harness.told(PEC)
    if killed:
        with killed_at(harness.engine, "UPDATE reports"):
            dhis2.send()
    else:
        dhis2.fail(Kind.RESET, 1, path="/api/completeDataSetRegistrations")
        dhis2.send()
    assert dhis2.completed() == "2026-11-04"
    assert harness.only("dhis2").complete_doubted
    harness.clock.advance(minutes=3)
    harness.told("ANNULE")
    harness.told("OUI")
    dhis2.recover()
    dhis2.send()
    assert dhis2.held() == {}
    assert dhis2.completed() is None
    row = harness.only("dhis2")
    assert (row.state, row.sent_complete, row.complete_doubted) == ("sent", False, False)


def test_a_proxy_that_takes_little_gets_little(harness: Harness, dhis2: FarSide) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.receive(PEC, phone)
    harness.read()
    dhis2.sandbox.faults.set(Kind.TOO_LARGE, limit=1500, path="/api/dataValueSets")
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.health().batch == 500
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


def test_a_token_that_dhis2_meets_for_the_first_time(harness: Harness, dhis2: FarSide) -> None:
    dhis2.fail(Kind.PAT_FIRST)
    harness.told(PEC)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.calls() == ["dataValueSets", "me", "dataValueSets", "completeDataSetRegistrations"]
    assert (dhis2.health().failures, harness.only("dhis2").state) == (0, "sent")


@pytest.mark.parametrize("behind", [timedelta(minutes=10), timedelta(hours=5)], ids=str)
def test_a_server_whose_clock_is_behind_at_the_months_end_is_tried_again(
    harness: Harness, dhis2: FarSide, behind: timedelta
) -> None:
    dhis2.sandbox.clock = lambda: harness.clock.now - behind
    harness.clock.now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    for phone in (AWA, FANTA, ISSA):
        harness.told(PEC, phone)
    dhis2.send()
    harness.clock.now = datetime(2026, 11, 1, 0, 2, tzinfo=UTC)
    refused = 0
    while dhis2.completed() is None or dhis2.completed("KaniFacil01") is None:
        dhis2.send()
        assert harness.clock.now < datetime(2026, 11, 1, 8, tzinfo=UTC)
        assert {row.state for row in harness.rows("dhis2")} <= {"waiting", "sent"}
        refused += any(row.reason for row in harness.rows("dhis2"))
        harness.clock.advance(minutes=3)
    assert refused
    assert harness.rows("notice") == []
    assert dhis2.held() == HELD
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}
    assert "refuse" not in harness.told("ETAT 10")


def test_a_month_that_stays_closed_is_told_from_the_second_day(
    harness: Harness, dhis2: FarSide
) -> None:
    dhis2.fail(Kind.INPUT_PERIOD)
    harness.clock.now = datetime(2026, 11, 1, 0, 2, tzinfo=UTC)
    harness.told(PEC)
    told = []
    while harness.clock.now < datetime(2026, 11, 2, 6, tzinfo=UTC):
        dhis2.send()
        if harness.rows("notice"):
            told.append(harness.clock.now)
        harness.clock.advance(minutes=15)
    assert told[0] >= datetime(2026, 11, 2, tzinfo=UTC)
    (notice,) = harness.rows("notice")
    assert "mois ferme" in notice.text
    assert harness.only("dhis2").state == "refused"
