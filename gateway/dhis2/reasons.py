"""The reasons of DHIS2's refusals: whom each is for, and what it is called in words. Pure.

Both importers' codes come down to a few reasons. The agent is told what an agent can mend, the
supervisor what is a supervisor's, and the administrator (by log, metrics and `kibaru check`) the
rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gateway.transports.dhis2_codes import Category, category_of
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.wording.sentences import say

NAME: Final = "DHIS2"  # sentences hold no digit, so its name is filled in


class Audience(StrEnum):
    """The people who are told of a refusal."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Reason:
    """`word` names it: `dhis2_<word>` is the SMS about it, `why_<word>` a few words for ETAT."""

    word: str
    audience: Audience


_SETUP: Final = Reason("setup", Audience.ADMINISTRATOR)
_BY_CATEGORY: Final[Mapping[Category, Reason]] = {
    Category.VALUE: Reason("value", Audience.AGENT),
    Category.LOCKED: Reason("locked", Audience.SUPERVISOR),
    Category.ASSIGNMENT: Reason("unassigned", Audience.SUPERVISOR),
    Category.TOO_EARLY: Reason("early", Audience.NOBODY),
    Category.MAPPING: _SETUP,
    Category.ACCOUNT: _SETUP,
    Category.CONFIG: _SETUP,
    Category.GATEWAY_BUG: _SETUP,
}
# Where a category holds several reasons.
_BY_CODE: Final[Mapping[str, Reason]] = {
    "E7605": Reason("compulsory", Audience.AGENT),
    "E7642": Reason("approved", Audience.SUPERVISOR),
    "E8033": Reason("approved", Audience.SUPERVISOR),
    "E8031": Reason("unit_closed", Audience.SUPERVISOR),
}


def reason_of(code: str, period: Period, today: date) -> Reason:
    """Return the reason behind DHIS2's code for a value of this month, on this day."""
    return _BY_CODE.get(code) or _BY_CATEGORY[category_of(code, period, today)]


def in_words(
    catalogue: Catalogue,
    language: str,
    refusals: Mapping[str, str],
    period: Period,
    today: date,
) -> str:
    """Return why DHIS2 refused a report, in a few words.

    `refusals` holds, by the agent's code, DHIS2's code and its own words (`Report.refusals`).
    """
    by_word: dict[str, list[str]] = {}
    for code, words in refusals.items():
        reason = reason_of(words.partition(" ")[0], period, today)
        by_word.setdefault(reason.word, []).append(code)
    told = [
        say(catalogue, language, f"why_{word}", codes=" ".join(codes))
        for word, codes in by_word.items()
    ]
    return ", ".join(told)
