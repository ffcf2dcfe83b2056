"""Codes and conflicts of the importer from DHIS2 2.43 on."""

from collections.abc import Sequence
from typing import Final

from gateway.sandbox.dhis2.model import Json

CODES: Final = {
    "E8000": "Atomic import: only {0} of {1} values are valid",
    "E8002": "Data set not specified and data elements belong to several data sets: {0}",
    "E8003": "Data elements belong to no data set: {0}",
    "E8004": "Data set `{0}` is no valid UID",
    "E8005": "Data set `{0}` does not exist",
    "E8008": "Completion date `{0}` is no valid date",
    "E8009": "Completion on `{0}` needs data set, period and organisation unit",
    "E8010": "No data write access to data set `{0}`",
    "E8011": "Organisation units not in the hierarchy of the user: {0}",
    "E8012": "No data write access to category options of option combos: {0}",
    "E8020": "Data elements not in data set `{0}`: {1}",
    "E8021": "Periods not usable in data set `{0}`: {1}",
    "E8022": "Organisation units not assigned to data set `{0}`: {1}",
    "E8023": "Attribute option combos not usable in data set `{0}`: {1}",
    "E8024": "Category option combos not usable in data set `{0}` for data element `{1}`: {2}",
    "E8025": "Attribute option combo `{0}` not usable in organisation units: {1}",
    "E8030": "Untimely data entry for data set `{0}` in periods {1}",
    "E8031": "Organisation unit `{0}` is not open in periods {1}",
    "E8032": "Attribute option combo `{0}` not usable in periods: {1}",
    "E8033": "Data set `{0}` is already approved for organisation unit `{1}` in periods {2}",
    "E7605": "Compulsory data elements are missing: {0}",
    "E8100": "Value #{0} has no period",
    "E8102": "Value #{0} has no data element",
    "E8103": "Value #{0} data element `{1}` does not exist",
    "E8104": "Value #{0} data element `{1}` is no valid UID",
    "E8105": "Value #{0} has no organisation unit",
    "E8106": "Value #{0} organisation unit `{1}` is no valid UID",
    "E8107": "Value #{0} organisation unit `{1}` does not exist",
    "E8108": "Value #{0} category option combo `{1}` does not exist",
    "E8109": "Value #{0} category option combo `{1}` is no valid UID",
    "E8110": "Value #{0} attribute option combo `{1}` does not exist",
    "E8111": "Value #{0} attribute option combo `{1}` is no valid UID",
    "E8120": "Value #{0} is empty",
    "E8122": "Value #{0} value `{1}` is no valid {2}: {3}",
    "E8123": "Value #{0} value `{1}` is no option of data element `{2}`",
    "E8125": "Value #{0} comment is longer than {1} characters",
    "E8128": "Values name the same cell: {0}",
}


def conflict(code: str, things: Sequence[object], indexes: list[int]) -> Json:
    """Return the conflict as the server words it: it has neither `object` nor `property`.

    The message's arguments stand in `objects`, joined by hyphens.
    """
    words = [_word(thing) for thing in things]
    return {
        "objects": {"args": "-".join(words)},
        "value": CODES[code].format(*words),
        "errorCode": code,
        "indexes": indexes,
    }


def _word(thing: object) -> str:
    """Return a thing as text, a list as Java prints it."""
    return f"[{', '.join(thing)}]" if isinstance(thing, list) else str(thing)
