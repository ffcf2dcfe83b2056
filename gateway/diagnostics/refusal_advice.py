"""Advice on mending what was refused, by the reason of the refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.transports import dhis2_codes, dhis2_tracker
from gateway.transports.dhis2_codes import Category, Meaning

MEANINGS: Final[Mapping[str, Meaning]] = {**dhis2_codes.MEANINGS, **dhis2_tracker.MEANINGS}

_CATEGORIES: Final[Mapping[Category, str]] = {
    Category.LOCKED: (
        "ask the district to open the month again (a lock exception, or to take back the "
        "approval), or enter the numbers there by hand"
    ),
    Category.TOO_EARLY: "wait: it is sent again when the month has ended",
    Category.MAPPING: (
        "correct the form's UIDs in the catalogue, or the roster's dhis2_id; `kibaru check` "
        "compares them with the server"
    ),
    Category.ASSIGNMENT: (
        "have the org unit assigned to the data set, and open in the month, in DHIS2's "
        "maintenance app"
    ),
    Category.ACCOUNT: (
        "give the gateway's account data write on the data set and its category options, and "
        "the org units among its data capture units"
    ),
    Category.CONFIG: "look at the data set in DHIS2 and in the catalogue; `kibaru check` helps",
    Category.VALUE: "ask the agent for the right number, or the DTC to send it with POUR",
    Category.GATEWAY_BUG: "a fault of the gateway: tell its maintainers the code",
}

# Codes that need other advice than their category.
_CODES: Final[Mapping[str, str]] = {
    "E7605": "ask the agent for the compulsory numbers that are missing",
    "E7643": "ask the district to open the data set's input period for this month",
    "E7644": "ask the district to open the data set's input period for this month",
    "E7633": "add the data element to the data set, or correct its UID in the catalogue",
    "E8020": "add the data element to the data set, or correct its UID in the catalogue",
    "E8002": "name the data set in the catalogue (`data_set`)",
    "E8031": "have the org unit's opening and closing dates corrected in DHIS2",
    "too_large": "let the proxy before DHIS2 take larger requests (client_max_body_size)",
    "refused": "DHIS2 gave no code: see the words of each row in `kibaru outbox list --json`",
    "InvalidPhoneNumber": "correct the number in the roster and import it",
    "UnsupportedNumberType": "correct the number in the roster and import it",
    "UserInBlacklist": "this person asked the operator for no more SMS: call instead",
    "DoNotDisturbRejection": "this person asked the operator for no more SMS: call instead",
    "RiskHold": "ask the operator why it holds messages to this number back",
    "no_dhis2_id": "give the unit, or one above it, a dhis2_id in the roster and import it",
}
# The same, for events of referrals.
_EVENT_CODES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("E1010", "E1013", "E1089", "E1304", "E1305"),
        "import `kibaru dhis2 metadata` into DHIS2 again: the program of referrals is not whole",
    ),
    "E1029": "assign the org unit to the program ASC_REF, or import the metadata --org-units",
    "E1043": "let the program ASC_REF take changes for longer (completeEventsExpiryDays)",
    "E1083": "give the gateway's account the authority F_UNCOMPLETE_EVENT",
    "E1091": "give the gateway's account data write on the program ASC_REF",
    "E1125": "import `kibaru dhis2 metadata` into DHIS2 again: an option is missing there",
}
_ANY: Final = "see the words of each row in `kibaru outbox list --json`"


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that were refused for one reason, what the reason means and how to mend it."""

    reason: str
    ids: tuple[int, ...]
    meaning: str
    hint: str


def is_refusal(state: str, reason: str | None) -> bool:
    """Return whether a row was refused, permanently or in what was sent of it so far."""
    return state == "refused" or (reason in MEANINGS and state == "waiting")


def hint(reason: str) -> str:
    """Return how to mend a refusal with this code."""
    if reason in _CODES or reason in _EVENT_CODES:
        return _CODES.get(reason) or _EVENT_CODES[reason]
    meaning = MEANINGS.get(reason)
    return _ANY if meaning is None else _CATEGORIES[meaning.category]


def by_reason(rows: Iterable[tuple[int, str]]) -> list[Group]:
    """Group rows, given as (row id, reason), by reason, the most frequent first."""
    found: dict[str, list[int]] = {}
    for row_id, reason in rows:
        found.setdefault(reason, []).append(row_id)
    groups = [
        Group(reason, tuple(ids), MEANINGS[reason].text if reason in MEANINGS else "", hint(reason))
        for reason, ids in found.items()
    ]
    return sorted(groups, key=lambda group: (-len(group.ids), group.reason))
