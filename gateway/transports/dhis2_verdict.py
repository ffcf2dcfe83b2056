"""The meaning of DHIS2's answer to an import: an answer in, a verdict out.

The HTTP code decides only where no import summary came back. DHIS2 answers a partial import
with 409 up to 2.42 and with 200 from 2.43 on (`WebMessageUtils.importSummary`), counts an
unchanged value as ignored (≤ 2.42) and nothing ever as imported (≥ 2.43), so neither the code
nor the counts say whether a value is in: `status`, `conflicts` and `rejectedIndexes` do.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2_codes import (
    TOO_LARGE,
    code_of_words,
    concerns_whole_request,
)

DETAIL_LIMIT: Final = 300  # characters of the server's text that are kept


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `after` is its Retry-After in seconds, `location` where it points."""

    status: int
    content_type: str
    body: bytes
    after: float | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """DHIS2's reason for a refusal: its code (empty if it gave none), its words (its language)."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The verdict that everything that was sent is in."""


@dataclass(frozen=True, slots=True)
class Partly:
    """The verdict that all is in but those refused, by position, each with its reason."""

    rejected: Mapping[int, Conflict]


@dataclass(frozen=True, slots=True)
class GroupRefused:
    """The verdict that several were refused together, or one that is not named.

    Send halves until the culprit stands alone. `indexes` are the positions concerned, None when the
    answer does not say: then take nothing of the request as written. Sending a cell again is
    harmless. A request of one cell has found its culprit.
    """

    conflict: Conflict
    indexes: frozenset[int] | None = None


Verdict = Accepted | Partly | GroupRefused | TryLater | Unknown

UNNAMED: Final = Conflict("", "refused without a reason")


def read_import(answer: Answer, count: int) -> Verdict:
    """Read the verdict on `count` data values sent to `/api/dataValueSets`."""
    document = _document(answer)
    summary = _summary(document)
    if summary is None:
        return _without_summary(answer, document)
    return _judge(summary, count)


def read_completeness(answer: Answer) -> Verdict:
    """Read the verdict on registrations sent to `/api/completeDataSetRegistrations`.

    DHIS2 answers SUCCESS when at least one was taken and gives neither code nor position for
    the others, so any conflict or ignored registration refuses the whole.
    """
    document = _document(answer)
    summary = _summary(document)
    if summary is None:
        return _without_summary(answer, document)
    conflicts = _conflicts(summary)
    if conflicts:
        return GroupRefused(_of_completeness([conflict for conflict, _ in conflicts]))
    counts = summary.get("importCount")
    if isinstance(counts, dict) and counts.get("ignored") not in (0, None):
        return GroupRefused(UNNAMED)
    return _without_conflicts(summary)


def _of_completeness(conflicts: Sequence[Conflict]) -> Conflict:
    """Join the conflicts of one refusal: several compulsory values may be missing at once."""
    text = "; ".join(conflict.text for conflict in conflicts)[:DETAIL_LIMIT]
    code = next((conflict.code for conflict in conflicts if conflict.code), "")
    code = code or code_of_words(text)
    return Conflict(code, text)


def read_object(answer: Answer) -> Mapping[str, Any] | TryLater | Unknown:
    """Return the JSON object of an answer to a GET, or why there is none."""
    document = _document(answer)
    if answer.status == 200 and isinstance(document, dict):
        return document
    verdict = _without_summary(answer, document)
    return verdict if isinstance(verdict, TryLater) else Unknown("unreadable", _message(document))


def _judge(summary: Mapping[str, Any], count: int) -> Verdict:
    conflicts = _conflicts(summary)
    rejected = _positions(summary.get("rejectedIndexes"))
    if not conflicts and not rejected:
        return _without_conflicts(summary)
    if len(conflicts) == 1 and not conflicts[0][1]:
        conflicts = [(conflicts[0][0], rejected)]
    failed = summary.get("status") == "ERROR"
    for conflict, positions in conflicts:
        known = bool(positions) and all(0 <= position < count for position in positions)
        if not known:
            return GroupRefused(conflict)
        if concerns_whole_request(conflict.code) or (failed and not conflict.code):
            return GroupRefused(conflict, frozenset(positions))
    return _partly(conflicts, rejected, count)


def _partly(
    conflicts: Sequence[tuple[Conflict, Sequence[int]]], rejected: Sequence[int], count: int
) -> Verdict:
    blamed: dict[int, Conflict] = {}
    for conflict, positions in conflicts:
        for position in positions:
            blamed.setdefault(position, conflict)
    if not all(0 <= position < count for position in rejected):
        return GroupRefused(UNNAMED)
    for position in rejected:
        blamed.setdefault(position, UNNAMED)
    return Partly(blamed)


def _without_conflicts(summary: Mapping[str, Any]) -> Verdict:
    """Return the verdict of a summary that blames nothing."""
    status = summary.get("status")
    if status == "SUCCESS":
        return Accepted()
    if status == "WARNING":
        return GroupRefused(UNNAMED)
    if status == "ERROR":
        # The importer of 2.42 and before ended with an exception. It writes in batches by its
        # own connection, so that part of the values may be in.
        return Unknown("import_failed", _text(summary.get("description")))
    return Unknown("unreadable")


def _without_summary(answer: Answer, document: Any) -> GroupRefused | TryLater | Unknown:
    """Return the verdict of an answer without import summary, by its HTTP code."""
    status, message = answer.status, _message(document)
    reason = f"http_{status}"
    if 300 <= status < 400:
        login = "login" in answer.location or "logout" in answer.location
        return TryLater(
            "redirect_login" if login else "redirect", _text(answer.location), ours=True
        )
    if status == 413:
        return GroupRefused(Conflict(TOO_LARGE, message))
    if status == 504:
        # A proxy timed out; DHIS2 behind it may still be writing, as after our own timeout.
        return Unknown(reason)
    if status in (408, 425, 429) or status >= 500:
        # DHIS2 answers some malformed payloads with 500: those blame the request alone.
        everyone = status != 500 or not isinstance(document, dict)
        return TryLater(reason, message, after=answer.after, everyone=everyone)
    if 400 <= status < 500 and status != 409:
        return TryLater(reason, message, ours=True)
    return _without_fault(answer, document)


def _without_fault(answer: Answer, document: Any) -> GroupRefused | TryLater | Unknown:
    """Return the verdict of a 200 or 409, the codes of a summary, that holds none."""
    if document is _BROKEN:
        return Unknown("truncated")
    if document is None:
        return TryLater("html" if b"<" in answer.body[:200] else "not_json")
    if answer.status == 409 and isinstance(document, dict):
        return GroupRefused(Conflict(_text(document.get("errorCode")), _message(document)))
    return Unknown("unreadable", _message(document))


_BROKEN: Final = object()  # announced as JSON and cannot be read


def _document(answer: Answer) -> Any:
    """Return the parsed body, None when it is not announced as JSON."""
    if "json" not in answer.content_type.lower():
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return _BROKEN


def _summary(document: Any) -> Mapping[str, Any] | None:
    """Return the import summary: under `response`, or bare as 2.38 gives it on some paths."""
    if not isinstance(document, dict):
        return None
    found = document.get("response", document)
    if not isinstance(found, dict):
        return None
    if found.get("responseType") == "ImportSummary" or "importCount" in found:
        return found
    return None


def _conflicts(summary: Mapping[str, Any]) -> list[tuple[Conflict, Sequence[int]]]:
    listed = summary.get("conflicts")
    if not isinstance(listed, list):
        return []
    return [
        (
            Conflict(_text(raw.get("errorCode")), _text(raw.get("value"))),
            _positions(raw.get("indexes")),
        )
        for raw in listed
        if isinstance(raw, dict)
    ]


def _positions(listed: Any) -> Sequence[int]:
    if not isinstance(listed, list):
        return ()
    return tuple(position for position in listed if isinstance(position, int))


def _message(document: Any) -> str:
    return _text(document.get("message")) if isinstance(document, dict) else ""


def _text(value: Any) -> str:
    return value[:DETAIL_LIMIT] if isinstance(value, str) else ""
