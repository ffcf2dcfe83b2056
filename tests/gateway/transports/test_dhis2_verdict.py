"""Tests of reading DHIS2's answers: both importers, every kind of summary."""

import json
from typing import Any

import pytest

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2_verdict import (
    UNNAMED,
    Accepted,
    Answer,
    Conflict,
    GroupRefused,
    Partly,
    read_completeness,
    read_import,
    read_object,
)

JSON = "application/json;charset=UTF-8"


def summary(
    status: str,
    conflicts: list[dict[str, Any]] | None = None,
    rejected: list[int] | None = None,
    **counts: int,
) -> dict[str, Any]:
    return {
        "responseType": "ImportSummary",
        "status": status,
        "description": "The import process ended",
        "importCount": {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0, **counts},
        "conflicts": conflicts or [],
        "rejectedIndexes": rejected or [],
        "dataSetComplete": "false",
    }


def envelope(response: dict[str, Any]) -> dict[str, Any]:
    return {"httpStatusCode": 200, "message": "Import ended", "response": response}


def refusal(code: str, indexes: list[int] | None, words: str = "words") -> dict[str, Any]:
    found: dict[str, Any] = {"value": words}
    if code:
        found["errorCode"] = code
    if indexes is not None:
        found["indexes"] = indexes
    return found


def answer(status: int, document: Any, content_type: str = JSON) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status, content_type, body)


CASES: dict[str, tuple[int, dict[str, Any], object]] = {
    "legacy, all in": (200, envelope(summary("SUCCESS", imported=3)), Accepted()),
    "legacy, unchanged is ignored": (200, envelope(summary("SUCCESS", ignored=3)), Accepted()),
    "sql, nothing is ever imported": (200, envelope(summary("SUCCESS", updated=3)), Accepted()),
    "2.38, a bare summary": (200, summary("SUCCESS", imported=3), Accepted()),
    "bare, without its type": (
        200,
        {"status": "SUCCESS", "importCount": {"imported": 3}},
        Accepted(),
    ),
    "legacy, one row of three by 409": (
        409,
        envelope(summary("WARNING", [refusal("E7619", [1])], [1], imported=2, ignored=1)),
        Partly({1: Conflict("E7619", "words")}),
    ),
    "sql, one row of three by 200": (
        200,
        envelope(summary("WARNING", [refusal("E8122", [1])], [1], updated=2, ignored=1)),
        Partly({1: Conflict("E8122", "words")}),
    ),
    "legacy, locks are by row": (
        409,
        envelope(summary("WARNING", [refusal("E7640", [0, 2])], [0, 2], imported=1)),
        Partly({0: Conflict("E7640", "words"), 2: Conflict("E7640", "words")}),
    ),
    "two reasons": (
        409,
        envelope(summary("WARNING", [refusal("E7636", [0]), refusal("E7641", [2, 0])], [0, 2])),
        Partly({0: Conflict("E7636", "words"), 2: Conflict("E7641", "words")}),
    ),
    "sql, no row was right": (
        409,
        envelope(summary("ERROR", [refusal("E8122", [0, 1, 2])], [0, 1, 2], ignored=3)),
        Partly({position: Conflict("E8122", "words") for position in range(3)}),
    ),
    "a rejected row without conflict": (
        409,
        envelope(summary("WARNING", [refusal("E7619", [1])], [1, 2])),
        Partly({1: Conflict("E7619", "words"), 2: UNNAMED}),
    ),
    "one informal conflict, rows named aside": (
        409,
        envelope(summary("WARNING", [refusal("", None)], [1])),
        Partly({1: Conflict("", "words")}),
    ),
    "an informal conflict, no row named": (
        409,
        envelope(summary("WARNING", [refusal("", None)])),
        GroupRefused(Conflict("", "words")),
    ),
    "success with a conflict is none": (
        200,
        envelope(summary("SUCCESS", [refusal("E7610", [0])], [0], imported=2)),
        Partly({0: Conflict("E7610", "words")}),
    ),
    "legacy, the whole set": (
        409,
        envelope(summary("ERROR", [refusal("E7600", None)])),
        GroupRefused(Conflict("E7600", "words")),
    ),
    "sql, the whole group": (
        409,
        envelope(summary("ERROR", [refusal("E8030", [0, 1, 2])], [0, 1, 2])),
        GroupRefused(Conflict("E8030", "words"), frozenset({0, 1, 2})),
    ),
    "sql, duplicates": (
        409,
        envelope(summary("ERROR", [refusal("E8128", [0, 1])], [0, 1])),
        GroupRefused(Conflict("E8128", "words"), frozenset({0, 1})),
    ),
    "sql, decoding": (
        409,
        envelope(summary("ERROR", [refusal("E8107", [-1])])),
        GroupRefused(Conflict("E8107", "words")),
    ),
    "a position that was not sent": (
        409,
        envelope(summary("WARNING", [refusal("E7619", [3])], [3])),
        GroupRefused(Conflict("E7619", "words")),
    ),
    "a rejected position that was not sent": (
        409,
        envelope(summary("WARNING", [refusal("E7619", [1])], [1, 7])),
        GroupRefused(UNNAMED),
    ),
    "a code nobody described, nothing written": (
        409,
        envelope(summary("ERROR", [refusal("", [0, 1])], [0, 1])),
        GroupRefused(Conflict("", "words"), frozenset({0, 1})),
    ),
    "a warning that blames nothing": (409, envelope(summary("WARNING")), GroupRefused(UNNAMED)),
    "legacy, the importer fell over": (
        409,
        envelope(summary("ERROR")),
        Unknown("import_failed", "The import process ended"),
    ),
    "a status that is none": (200, envelope(summary("PENDING")), Unknown("unreadable")),
    "409 without a summary": (
        409,
        {"status": "ERROR", "message": "Not now", "errorCode": "E1234"},
        GroupRefused(Conflict("E1234", "Not now")),
    ),
    "409 without a code": (409, {"message": "Not now"}, GroupRefused(Conflict("", "Not now"))),
    "a summary counts whatever the code": (
        400,
        envelope(summary("WARNING", [refusal("E7619", [1])], [1])),
        Partly({1: Conflict("E7619", "words")}),
    ),
    "lists that are none": (
        200,
        {"response": {**summary("SUCCESS"), "conflicts": "none", "rejectedIndexes": None}},
        Accepted(),
    ),
}


@pytest.mark.parametrize(("status", "document", "verdict"), CASES.values(), ids=CASES)
def test_import(status: int, document: dict[str, Any], verdict: object) -> None:
    assert read_import(answer(status, document), 3) == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (answer(200, b""), Unknown("truncated")),
        (answer(200, b'{"response":'), Unknown("truncated")),
        (answer(409, b"\xff\xfe{"), Unknown("truncated")),
        (answer(200, b"[" * 100_000), Unknown("truncated")),
        (answer(200, b"", ""), TryLater("not_json")),
        (answer(200, b" <html>", "text/html;charset=UTF-8"), TryLater("html")),
        (answer(200, [1]), Unknown("unreadable")),
        (answer(204, b"", ""), TryLater("not_json")),
        (answer(500, b"{"), TryLater("http_500")),
        (answer(415, {"message": "m" * 900}), TryLater("http_415", "m" * 300, ours=True)),
    ],
)
def test_no_summary(said: Answer, verdict: object) -> None:
    assert read_import(said, 1) == verdict


@pytest.mark.parametrize(
    ("status", "document", "verdict"),
    [
        (200, envelope(summary("SUCCESS", imported=1)), Accepted()),
        (200, envelope(summary("SUCCESS", updated=1)), Accepted()),
        (200, envelope(summary("SUCCESS", imported=1, ignored=1)), GroupRefused(UNNAMED)),
        (
            200,
            envelope(summary("SUCCESS", [refusal("", None, "Period not valid")], imported=1)),
            GroupRefused(Conflict("E7611", "Period not valid")),
        ),
        (
            409,
            envelope(summary("ERROR", [refusal("", None, "Data set not found")], ignored=1)),
            GroupRefused(Conflict("E7600", "Data set not found")),
        ),
        (
            409,
            envelope(
                summary(
                    "ERROR",
                    [
                        refusal("", None, "Cases needs to be filled. It is compulsory."),
                        refusal("", None, "Tests needs to be filled. It is compulsory."),
                    ],
                    ignored=1,
                )
            ),
            GroupRefused(
                Conflict(
                    "E7605",
                    "Cases needs to be filled. It is compulsory.; "
                    "Tests needs to be filled. It is compulsory.",
                )
            ),
        ),
        (
            409,
            envelope(summary("ERROR", [refusal("", None, "Something new")], ignored=1)),
            GroupRefused(Conflict("", "Something new")),
        ),
        (409, envelope(summary("ERROR")), Unknown("import_failed", "The import process ended")),
        (401, {"message": "no"}, TryLater("http_401", "no", ours=True)),
    ],
)
def test_completeness(status: int, document: dict[str, Any], verdict: object) -> None:
    assert read_completeness(answer(status, document)) == verdict


def test_an_object_is_handed_on_and_a_conflict_is_none() -> None:
    assert read_object(answer(200, {"version": "2.42.1"})) == {"version": "2.42.1"}
    assert read_object(answer(409, {"message": "busy"})) == Unknown("unreadable", "busy")
