"""Tests of what the sandbox DHIS2 refuses while a standing fault holds, in both families."""

import json

import pytest

from gateway.sandbox.dhis2 import Kind
from gateway.sandbox.dhis2.faults import MEANINGS, STANDING, Fault, from_text
from tests.gateway.sandbox.dhis2.world import (
    AUTH,
    DEFAULT,
    KANI,
    KOLA,
    QUIET,
    SEEN,
    SET,
    SHUT,
    STRICT,
    TIGHT,
    WINDOW,
    metadata,
    payload,
    registration,
    value,
    world,
)

CODES = {
    Kind.LOCKED: ("E7640", "E8030"),
    Kind.TOO_EARLY: ("E7641", "E8030"),
    Kind.APPROVED: ("E7642", "E8033"),
    Kind.INPUT_PERIOD: ("E7643", "E8030"),
    Kind.UNIT_CLOSED: (None, "E8031"),
    Kind.UNASSIGNED: ("E7636", "E8022"),
    Kind.OUTSIDE: ("E7617", "E8011"),
    Kind.NO_SHARING: ("E7601", "E8010"),
    Kind.OPTION_SHARING: ("E7614", "E8012"),
    Kind.OPTION_PERIOD: ("E7638", "E8032"),
    Kind.OPTION_UNIT: ("E7639", "E8025"),
    Kind.VALUE_TYPE: ("E7619", "E8122"),
}
FAMILIES = ("legacy", "sql")
CASES = [
    (family, kind, code)
    for kind, codes in CODES.items()
    for family, code in zip(FAMILIES, codes, strict=True)
]


def codes_of(answer: object) -> list[str]:
    return [conflict["errorCode"] for conflict in answer.json["response"]["conflicts"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("family", "kind", "code"), CASES)
def test_a_standing_fault_refuses_by_its_code_until_it_is_cleared(
    family: str, kind: Kind, code: str | None
) -> None:
    here = world(family)
    here.sandbox.faults.set(kind)

    answer = here.post(payload(value()))

    assert codes_of(answer) == ([] if code is None else [code])
    assert here.stored() == ("7" if code is None else None)
    here.sandbox.faults.clear()
    assert here.post(payload(value())).status_code == 200
    assert here.stored() == "7"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (Kind.LOCKED, "202610"),
        (Kind.APPROVED, KOLA),
        (Kind.TOO_EARLY, SET),
        (Kind.VALUE_TYPE, SEEN),
        (Kind.OPTION_SHARING, DEFAULT),
    ],
)
def test_a_standing_fault_holds_at_its_place_alone(family: str, kind: Kind, where: str) -> None:
    here = world(family)
    here.sandbox.faults.set(kind, where="Elsewhere01")
    assert here.post(payload(value())).status_code == 200

    here.sandbox.faults.set(kind, where=where)
    assert codes_of(here.post(payload(value(value="8")))) != []
    assert here.stored() == "7"


def test_several_hold_together_and_hide_no_other_fault() -> None:
    here = world()
    here.sandbox.faults.set(Kind.LOCKED, where="202610")
    here.sandbox.faults.set(Kind.UNASSIGNED, where=SHUT)
    here.sandbox.faults.set(Kind.DOWN, 1)
    body = payload(value(), value(period="202609"), value(orgUnit=SHUT, period="202605"))

    assert here.post(body).status_code == 503
    answer = here.post(body)
    assert (codes_of(answer), answer.json["response"]["rejectedIndexes"]) == (
        ["E7640", "E7636"],
        [0, 2],
    )
    assert here.stored(period="202609") == "7"


def test_its_times_count_what_is_written_and_not_what_is_asked() -> None:
    here = world()
    here.sandbox.faults.set(Kind.LOCKED, 1)

    assert here.get("/api/me").status_code == 200
    assert codes_of(here.post(payload(value()))) == ["E7640"]
    assert here.post(payload(value())).status_code == 200


@pytest.mark.parametrize("family", FAMILIES)
def test_no_authority_is_a_403(family: str) -> None:
    here = world(family)
    here.sandbox.faults.set(Kind.NO_AUTHORITY)

    assert here.post(payload(value())).status_code == 403
    assert here.get("/api/me/authorization/F_DATAVALUE_ADD").json is False


def test_the_first_versions_of_the_sql_importer_read_input_periods_the_wrong_way_round() -> None:
    here = world("sql")
    inside = payload(value(period="202609"), dataSet=WINDOW)
    outside = payload(value(period="202608"), dataSet=WINDOW)
    assert here.post(inside).status_code == 200
    assert codes_of(here.post(outside)) == ["E8030"]

    here.sandbox.faults.set(Kind.INVERTED)
    assert codes_of(here.post(inside)) == ["E8030"]
    assert here.post(outside).status_code == 200


def test_without_a_data_set_a_closed_input_period_is_e7644() -> None:
    here = world()
    here.sandbox.faults.set(Kind.INPUT_PERIOD)
    body = payload(value(), dataSet=None)

    assert codes_of(here.post(body, query="")) == ["E7644"]


@pytest.mark.parametrize(
    ("kind", "path", "before", "after"),
    [
        (Kind.LOCKED, f"dataEntry/dataValues?ds={SET}&pe=202610&ou={KOLA}", "OPEN", "LOCKED"),
        (Kind.APPROVED, f"dataEntry/dataValues?ds={SET}&pe=202610&ou={KOLA}", "OPEN", "APPROVED"),
        (Kind.NO_SHARING, "me?fields=dataSets", SET, ""),
        (Kind.NO_SHARING, f"dataSets/{SET}?fields=access[data[write]]", "true", "false"),
        (Kind.NO_AUTHORITY, "me?fields=authorities", "F_DATAVALUE_ADD", ""),
    ],
)
def test_whoever_asks_is_told_of_a_standing_fault(
    kind: Kind, path: str, before: str, after: str
) -> None:
    here = world()
    assert before in here.get(f"/api/{path}").get_data(as_text=True)

    here.sandbox.faults.set(kind)
    told = here.get(f"/api/{path}").get_data(as_text=True)

    assert before not in told
    assert after in told


# --- Zeros that are not significant


def test_up_to_2_42_a_zero_that_does_not_count_is_lost_and_the_number_before_stays() -> None:
    here = world("legacy")
    here.post(payload(value()))
    here.sandbox.faults.set(Kind.ZEROS, where=SEEN)

    answer = here.post(payload(value(value="0")))

    assert (answer.status_code, answer.json["response"]["status"]) == (200, "SUCCESS")
    assert set(answer.json["response"]["importCount"].values()) == {0}
    assert here.stored() == "7"


def test_from_2_43_a_zero_that_does_not_count_is_stored_and_trimmed_at_night() -> None:
    here = world("sql")
    here.sandbox.faults.set(Kind.ZEROS, where=SEEN)
    here.post(payload(value(value="0"), value(dataElement=QUIET, value="0")))
    assert (here.stored(), here.stored(QUIET)) == ("0", "0")

    assert here.client.post("/sandbox/trim").json == {"trimmed": 2}
    assert (here.stored(), here.stored(QUIET)) == (None, None)
    assert here.client.post("/sandbox/trim").json == {"trimmed": 0}


# --- Completeness


@pytest.mark.parametrize("family", FAMILIES)
def test_compulsory_fields_hold_up_completeness_and_not_its_withdrawal(family: str) -> None:
    here = world(family)
    here.sandbox.faults.set(Kind.COMPULSORY, where=TIGHT)
    tight = registration(dataSet=TIGHT)

    answer = here.complete(tight)

    assert answer.status_code == 409
    assert answer.json["response"]["conflicts"] == [
        {
            "object": "SEEN name",
            "value": "SEEN name needs to be filled. It is compulsory.",
        }
    ]
    assert here.complete({**tight, "completed": False}).status_code == 200
    here.post(payload(value(), dataSet=TIGHT))
    assert here.complete(tight).status_code == 200
    assert here.sandbox.state.registrations[TIGHT, "202610", KOLA, DEFAULT].completed


@pytest.mark.parametrize(("only", "status"), [(True, 409), (False, 200)])
def test_compulsory_operands_block_only_where_the_data_set_says_so(only: bool, status: int) -> None:
    document = metadata()
    document["dataSets"][0] |= {
        "compulsoryFieldsCompleteOnly": only,
        "compulsoryDataElementOperands": [
            {"dataElement": {"id": SEEN}, "categoryOptionCombo": {"id": DEFAULT}}
        ],
    }
    here = world()
    here.sandbox.load(document)

    assert here.complete(registration()).status_code == status


def test_a_completion_date_without_the_compulsory_values_is_e7605_from_2_43() -> None:
    document = metadata()
    document["dataSets"][0] |= {
        "compulsoryFieldsCompleteOnly": True,
        "compulsoryDataElementOperands": [
            {"dataElement": {"id": QUIET}, "categoryOptionCombo": {"id": DEFAULT}}
        ],
    }
    here = world("sql")
    here.sandbox.load(document)
    body = payload(value(), completeDate="2026-11-03", orgUnit=KOLA, period="202610", dataSet=SET)

    assert codes_of(here.post(body)) == ["E7605"]
    assert here.sandbox.state.registrations == {}


@pytest.mark.parametrize("kind", [Kind.OUTSIDE, Kind.NO_SHARING])
def test_completeness_is_refused_where_values_are(kind: Kind) -> None:
    here = world()
    here.sandbox.faults.set(kind)

    assert here.complete(registration()).status_code == 409
    assert here.sandbox.state.registrations == {}


# --- An importer that fails, an answer that is cut


def test_up_to_2_42_a_crash_leaves_half_of_the_rows_and_a_summary_without_conflicts() -> None:
    here = world("legacy")
    here.sandbox.faults.set(Kind.CRASH, 1)

    answer = here.post(payload(value(), value(period="202609")))

    summary = answer.json["response"]
    assert (answer.status_code, summary["status"], summary["conflicts"]) == (409, "ERROR", [])
    assert (here.stored(), here.stored(period="202609")) == ("7", None)


def test_from_2_43_a_crash_leaves_nothing_and_a_500() -> None:
    here = world("sql")
    here.sandbox.faults.set(Kind.CRASH, 1)

    answer = here.post(payload(value(), value(period="202609")))

    assert (answer.status_code, "response" in answer.json) == (500, False)
    assert here.stored() is None


def test_a_cut_answer_is_half_of_a_json_and_all_is_written() -> None:
    here = world()
    here.sandbox.faults.set(Kind.CUT, 1)

    answer = here.post(payload(value()))

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.get_data())
    assert here.stored() == "7"


# --- Loose ends of the families


def test_up_to_2_42_the_payload_says_who_stored_it_and_too_long_a_name_is_e7637() -> None:
    here = world("legacy")
    here.post(payload(value(storedBy="asc"), value(period="202609")))
    rows = here.sandbox.state.cells
    assert [
        rows[KOLA, period][SEEN, DEFAULT, DEFAULT].stored_by for period in ("202610", "202609")
    ] == [
        "asc",
        "asc-gateway",
    ]
    assert codes_of(here.post(payload(value(storedBy="a" * 256)))) == ["E7637"]


def test_the_default_option_may_be_closed_to_the_account() -> None:
    here = world("legacy")
    here.sandbox.state.no_option_write.add(DEFAULT)
    combos = payload(value(categoryOptionCombo=None, attributeOptionCombo=DEFAULT))

    assert codes_of(here.post(payload(value()))) == ["E7614"]
    assert codes_of(here.post(combos, query="")) == ["E7616"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("authority", "value_in"), [("F_DATAVALUE_ADD", None), ("ALL", "7")])
def test_closed_months_are_forced_by_superusers_alone(
    family: str, authority: str, value_in: str | None
) -> None:
    here = world(family)
    here.sandbox.state.authorities = {authority}
    here.sandbox.faults.set(Kind.LOCKED)
    here.sandbox.faults.set(Kind.APPROVED)

    here.post(payload(value()), query=f"{STRICT}&force=true")

    assert here.stored() == value_in


# --- The switches as they are typed


def test_every_fault_has_a_sentence() -> None:
    assert set(MEANINGS) == set(Kind)
    assert set(CODES) <= STANDING
    assert Kind.CRASH not in STANDING


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("down", Fault(Kind.DOWN)),
        ("late:2,seconds=30", Fault(Kind.LATE, 2, seconds=30)),
        ("too_large,limit=20000", Fault(Kind.TOO_LARGE, limit=20000)),
        (f"locked,where={KANI}", Fault(Kind.LOCKED, where=KANI)),
        ("slow:1,method=post,path=/api/tracker", Fault(Kind.SLOW, 1, method="POST", path="/api/tracker")),
    ],
)  # fmt: skip
def test_a_switch_in_words(text: str, fault: Fault) -> None:
    assert from_text(text) == fault


@pytest.mark.parametrize("text", ["", "rain", "down:", "down:0", "down:x", "down:²", "late,seconds", "down,x=1"])  # fmt: skip
def test_a_switch_in_words_that_mean_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_text(text)


def test_a_standing_fault_by_http() -> None:
    here = world()
    here.client.post("/sandbox/faults", json={"kind": "locked", "where": "202610"})

    assert here.client.get("/sandbox/faults").json[0]["where"] == "202610"
    assert codes_of(here.client.post("/api/dataValueSets", json=payload(value()), headers=AUTH)) == ["E7640"]  # fmt: skip
