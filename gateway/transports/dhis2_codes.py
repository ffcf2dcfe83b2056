"""DHIS2's import error codes: what each means and who can mend it.

Two families: E76xx of servers up to 2.42 (`DataValueSetImportValidator`), E80xx and E81xx of
2.43 and later (`DefaultDataEntryService`). The codes are those of DHIS2's `ErrorCode`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from menus.model.period import Period


class Category(StrEnum):
    """A kind of refusal, by who can mend it.

    `LOCKED` (closed or approved month: the district), `TOO_EARLY` (ends by itself),
    `ASSIGNMENT` (org unit closed, or not assigned to the data set: the district), `VALUE` (the
    agent), `MAPPING`, `ACCOUNT` and `CONFIG` (the administrator of gateway or server),
    `GATEWAY_BUG` (we should never have sent it).
    """

    LOCKED = "locked"
    TOO_EARLY = "too_early"
    MAPPING = "mapping"
    ASSIGNMENT = "assignment"
    ACCOUNT = "account"
    CONFIG = "config"
    VALUE = "value"
    GATEWAY_BUG = "gateway_bug"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of one code, in plain words."""

    category: Category
    text: str


TOO_LARGE: Final = "too_large"  # our own code, for a proxy's 413; DHIS2 has none

_C = Category
MEANINGS: Final[Mapping[str, Meaning]] = {
    TOO_LARGE: Meaning(_C.CONFIG, "a proxy before DHIS2 refuses a request of this size"),
    # Servers up to 2.42: the whole request.
    "E7600": Meaning(_C.CONFIG, "the data set does not exist, or the account may not see it"),
    "E7601": Meaning(_C.ACCOUNT, "the account may not write data for the data set"),
    "E7602": Meaning(_C.CONFIG, "no valid data set was named"),
    "E7603": Meaning(_C.MAPPING, "the org unit of the request does not exist"),
    "E7604": Meaning(_C.CONFIG, "the attribute option combo of the request does not exist"),
    "E7605": Meaning(_C.VALUE, "compulsory values are missing"),
    # Servers up to 2.42: one value.
    "E7610": Meaning(_C.MAPPING, "the data element does not exist, or is hidden"),
    "E7611": Meaning(_C.GATEWAY_BUG, "the period cannot be read"),
    "E7612": Meaning(_C.MAPPING, "the org unit does not exist, or is hidden"),
    "E7613": Meaning(_C.MAPPING, "the category option combo does not exist, or is hidden"),
    "E7614": Meaning(_C.ACCOUNT, "the account may not write for the category option"),
    "E7615": Meaning(_C.MAPPING, "the attribute option combo does not exist, or is hidden"),
    "E7616": Meaning(_C.ACCOUNT, "the account may not write for the attribute option"),
    "E7617": Meaning(_C.ACCOUNT, "the org unit is outside the account's data capture units"),
    "E7618": Meaning(_C.GATEWAY_BUG, "a value was empty"),
    "E7619": Meaning(_C.VALUE, "the number does not fit the data element's value type"),
    "E7620": Meaning(_C.GATEWAY_BUG, "the comment cannot be stored"),
    "E7621": Meaning(_C.MAPPING, "the value is not one of the data element's options"),
    "E7622": Meaning(_C.ACCOUNT, "the account has no access to data of the org unit"),
    "E7630": Meaning(_C.MAPPING, "a category option combo is needed"),
    "E7631": Meaning(_C.MAPPING, "an attribute option combo is needed"),
    "E7632": Meaning(_C.MAPPING, "the data element is not reported by month"),
    "E7633": Meaning(_C.MAPPING, "the data element is not in the data set"),
    "E7634": Meaning(_C.MAPPING, "the category option combo is not one of the data element's"),
    "E7635": Meaning(_C.MAPPING, "the attribute option combo is not one of the data set's"),
    "E7636": Meaning(_C.ASSIGNMENT, "the org unit is not assigned to the data set"),
    "E7637": Meaning(_C.GATEWAY_BUG, "the name of the person who stored it cannot be used"),
    "E7638": Meaning(_C.CONFIG, "the attribute option does not hold for the period"),
    "E7639": Meaning(_C.CONFIG, "the attribute option does not hold for the org unit"),
    "E7640": Meaning(_C.LOCKED, "the month is closed: its expiry days have passed"),
    "E7641": Meaning(_C.TOO_EARLY, "the month is not open yet"),
    "E7642": Meaning(_C.LOCKED, "the month's data are approved already"),
    "E7643": Meaning(_C.LOCKED, "the data set takes no data for this month now"),
    "E7644": Meaning(_C.LOCKED, "none of the data sets takes data for this month now"),
    "E7645": Meaning(_C.GATEWAY_BUG, "a file that the value names does not exist"),
    # Servers from 2.43: the whole request, or all of its data set.
    "E8000": Meaning(_C.VALUE, "one value is wrong and all were to be stored or none"),
    "E8002": Meaning(_C.CONFIG, "several data sets hold the data element and none was named"),
    "E8003": Meaning(_C.MAPPING, "no data set holds the data element"),
    "E8004": Meaning(_C.CONFIG, "the data set's identifier is malformed"),
    "E8005": Meaning(_C.CONFIG, "the data set does not exist"),
    "E8008": Meaning(_C.GATEWAY_BUG, "the completion date cannot be read"),
    "E8009": Meaning(_C.GATEWAY_BUG, "the completion lacks its org unit or period"),
    "E8010": Meaning(_C.ACCOUNT, "the account may not write data for the data set"),
    "E8011": Meaning(_C.ACCOUNT, "an org unit is outside the account's data capture units"),
    "E8012": Meaning(_C.ACCOUNT, "the account may not write for a category option"),
    "E8020": Meaning(_C.MAPPING, "a data element is not in the data set"),
    "E8021": Meaning(_C.MAPPING, "the data set is not reported by month"),
    "E8022": Meaning(_C.ASSIGNMENT, "an org unit is not assigned to the data set"),
    "E8023": Meaning(_C.MAPPING, "the attribute option combo is not one of the data set's"),
    "E8024": Meaning(_C.MAPPING, "a category option combo is not one of its data element's"),
    "E8025": Meaning(_C.CONFIG, "the attribute option does not hold for an org unit"),
    "E8030": Meaning(_C.LOCKED, "the month is closed, or not open yet"),
    "E8031": Meaning(_C.ASSIGNMENT, "an org unit is closed, or not open yet, in the month"),
    "E8032": Meaning(_C.CONFIG, "the attribute option does not hold for the period"),
    "E8033": Meaning(_C.LOCKED, "the month's data are approved already"),
    "E8100": Meaning(_C.GATEWAY_BUG, "a period cannot be read"),
    "E8102": Meaning(_C.GATEWAY_BUG, "a data element is missing"),
    "E8103": Meaning(_C.MAPPING, "a data element's identifier is malformed"),
    "E8104": Meaning(_C.MAPPING, "a data element does not exist"),
    "E8105": Meaning(_C.GATEWAY_BUG, "an org unit is missing"),
    "E8106": Meaning(_C.MAPPING, "an org unit's identifier is malformed"),
    "E8107": Meaning(_C.MAPPING, "an org unit does not exist"),
    "E8108": Meaning(_C.MAPPING, "a category option combo's identifier is malformed"),
    "E8109": Meaning(_C.MAPPING, "a category option combo does not exist"),
    "E8110": Meaning(_C.MAPPING, "an attribute option combo's identifier is malformed"),
    "E8111": Meaning(_C.MAPPING, "an attribute option combo does not exist"),
    "E8128": Meaning(_C.GATEWAY_BUG, "one cell stands twice in the request"),
    # Servers from 2.43: one value.
    "E8120": Meaning(_C.GATEWAY_BUG, "a value was empty"),
    "E8121": Meaning(_C.GATEWAY_BUG, "a comment was empty"),
    "E8122": Meaning(_C.VALUE, "the number does not fit the data element's value type"),
    "E8123": Meaning(_C.MAPPING, "the value is not one of the data element's options"),
    "E8124": Meaning(_C.GATEWAY_BUG, "the comment cannot be stored"),
    "E8125": Meaning(_C.GATEWAY_BUG, "the comment is not one of the options"),
}

# Completeness is refused in words alone; the code that the same refusal has elsewhere.
_WORDS_OF_COMPLETENESS: Final[Mapping[str, str]] = {
    "needs to be filled": "E7605",
    "is not assigned to data set": "E7636",
    "not in hierarchy": "E7617",
    "Data set not found": "E7600",
    "write access for data set": "E7601",
    "Attribute option combo": "E7615",
    "Organisation unit not found": "E7612",
    "Period not valid": "E7611",
}

# For so long after a month's end DHIS2's clock or time zone may hold it for not ended.
CLOCKS_DIFFER: Final = timedelta(days=1)

# These say that the month is not open now, and not on which side of its window we are.
_EITHER_SIDE: Final = frozenset({"E7643", "E7644", "E8030"})


def code_of_words(words: str) -> str:
    """Return the code for a refusal of completeness, which has none; empty for unknown words."""
    for part, code in _WORDS_OF_COMPLETENESS.items():
        if part in words:
            return code
    return ""


def category_of(code: str, period: Period, today: date) -> Category:
    """Return the kind of the refusal of a value for this month, on this day.

    `today` is the programme's. From 2.43 on one code means both "not open yet" and "closed": up
    to the second day after the month's end it is taken to be too early, since DHIS2 opens a month
    when it ends unless told otherwise (`openFuturePeriods` 0), and by its own clock. An unknown
    code, or none, is the administrator's (`CONFIG`).
    """
    if code in _EITHER_SIDE:
        ended = today >= period.plus(1).first_day + CLOCKS_DIFFER
        return Category.LOCKED if ended else Category.TOO_EARLY
    meaning = MEANINGS.get(code)
    return Category.CONFIG if meaning is None else meaning.category


# The data set itself cannot be written: no row would fare better, and only a person can mend it.
_OF_THE_DATA_SET: Final = frozenset(
    {
        *("E7600", "E7601", "E7602", "E7604", "E8002", "E8004", "E8005", "E8010"),
        *("E8021", "E8023", "E8110", "E8111"),
    }
)
# One cell's mapping can have refused everything that was sent with it.
_OF_A_CELL: Final = frozenset(
    {"E8003", "E8012", "E8020", "E8024", "E8103", "E8104", "E8108", "E8109", TOO_LARGE}
)


def concerns_data_set(code: str) -> bool:
    """Return whether nothing can be written to the data set until a person has mended a fault."""
    return code in _OF_THE_DATA_SET


def concerns_cell(code: str) -> bool:
    """Return whether one data element or combo may have caused a refusal of everything."""
    return code in _OF_A_CELL


def concerns_whole_request(code: str) -> bool:
    """Return whether a refusal with this code left nothing written of the whole data set.

    E7600-E7605: servers up to 2.42 stop before the first value. E80xx (consistency, locks),
    E8100-E8111 (decoding) and E8128 (duplicates): servers from 2.43 refuse all rows of the
    data set, even those without fault.
    """
    return "E7600" <= code <= "E7605" or "E8000" <= code <= "E8111" or code == "E8128"
