"""The event program of referrals as DHIS2 metadata, and a referral as its event. Pure.

A single event holds one referral: where it came from, when, for what reason, what was given
and what became of it. No name, phone or words of a person are in it, nor the number of the paper
slip, which leads to a name; the age is in months.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.model.referral import Referral
from gateway.model.uids import uid
from menus.model.catalogue import Catalogue
from menus.model.referrals import Choice

Json = dict[str, Any]

DEFAULT_CATEGORY_COMBO: Final = "bjDvmb4bfuf"
PROGRAM: Final = uid("program", "REF")
STAGE: Final = uid("programStage", "REF")
PREFIX: Final = "ASC_REF"
READABLE: Final = {"public": "r-------", "external": False}
DATA_READABLE: Final = {"public": "r-r-----", "external": False}

_NAMED: Final[Mapping[str, tuple[str, str, str]]] = {
    "REASON": ("Motif de la référence", "TEXT", "REASONS"),
    "SEX": ("Sexe", "TEXT", "SEXES"),
    "STATE": ("Issue de la référence", "TEXT", "STATES"),
    "AGE": ("Âge en mois", "INTEGER_ZERO_OR_POSITIVE", ""),
    "ARRIVED_ON": ("Date d'arrivée au centre", "DATE", ""),
    "VISIT_BY": ("Visite de suivi prévue avant le", "DATE", ""),
    "VISITED_ON": ("Date de la visite de suivi", "DATE", ""),
}
_COMPULSORY: Final = frozenset({"REASON", "SEX", "STATE"})
_SETS: Final = {"REASONS": "motifs", "SEXES": "sexes", "STATES": "issues"}
_SEXES: Final = {"F": "Féminin", "M": "Masculin"}


def element_uid(name: str) -> str:
    """Return the UID of the data element `ASC_REF_<name>`."""
    return uid("dataElement", f"REF_{name}")


def values_of(
    catalogue: Catalogue, referral: Referral, timezone: ZoneInfo
) -> dict[str, str | None]:
    """Return what a referral's event holds, by data element; None for what it no longer holds.

    An age that is not known any more is left out, so that DHIS2 keeps what it has.
    """
    referrals = catalogue.referrals
    reason = referrals.reasons.get(referral.reason)
    named: dict[str, str | None] = {
        "REASON": reason.dhis2 if reason else referral.reason,
        "SEX": referral.sex,
        "STATE": referrals.states[referral.state].dhis2,
        "ARRIVED_ON": _day(referral.arrived_at, timezone),
        "VISIT_BY": referral.follow_up_on.isoformat() if referral.follow_up_on else None,
        "VISITED_ON": _day(referral.followed_up_at, timezone),
    }
    if referral.age_months is not None:
        named["AGE"] = str(referral.age_months)
    for code in referrals.treatments:
        named[code] = "true" if code in referral.treatments else None
    return {element_uid(name): value for name, value in named.items()}


def export_referrals(catalogue: Catalogue, receivers: Sequence[str]) -> Json:
    """Return `optionSets`, `options`, `dataElements`, `programs` and `programStages`.

    `receivers` are the UIDs of the units to which the program is assigned. Empty for a catalogue
    without referrals.
    """
    if not catalogue.referrals.reasons:
        return {}
    sets = _choices(catalogue)
    elements = _elements(catalogue)
    return {
        "optionSets": [_option_set(name, codes) for name, codes in sets.items()],
        "options": [
            _option(name, code, label, place)
            for name, codes in sets.items()
            for place, (code, label) in enumerate(codes.items(), 1)
        ],
        "dataElements": elements,
        "programs": [_program(receivers)],
        "programStages": [_stage(catalogue)],
    }


def _day(moment: datetime | None, timezone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(timezone).date().isoformat()


def _choices(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """Return the options of each set: codes with their French labels."""
    referrals = catalogue.referrals
    return {
        "REASONS": _options(referrals.reasons.values()),
        "SEXES": dict(_SEXES),
        "STATES": _options(referrals.states.values()),
    }


def _options(choices: Iterable[Choice]) -> dict[str, str]:
    return {choice.dhis2: choice.labels["fr"] for choice in choices}


def _option_set(name: str, codes: Mapping[str, str]) -> Json:
    title = f"{PREFIX.replace('_', ' ')} {_SETS[name]}"
    return {
        "id": uid("optionSet", f"REF_{name}"),
        "code": f"{PREFIX}_{name}",
        "name": title,
        "translations": _french(NAME=title),
        "valueType": "TEXT",
        "options": [{"id": _option_uid(name, code)} for code in codes],
        "sharing": READABLE,
    }


def _option_uid(name: str, code: str) -> str:
    return uid("option", f"REF_{name}_{code}")


def _option(name: str, code: str, label: str, place: int) -> Json:
    return {
        "id": _option_uid(name, code),
        "code": code,
        "name": label,
        "translations": _french(NAME=label),
        "sortOrder": place,
        "optionSet": {"id": uid("optionSet", f"REF_{name}")},
    }


def _elements(catalogue: Catalogue) -> list[Json]:
    named = [_element(name, *described) for name, described in _NAMED.items()]
    treatments = catalogue.referrals.treatments.values()
    given = [
        _element(treatment.code, treatment.labels["fr"], "TRUE_ONLY", "")
        for treatment in treatments
    ]
    return [*named, *given]


def _element(name: str, label: str, value_type: str, options: str) -> Json:
    code = f"{PREFIX}_{name}"
    words = code.replace("_", " ")
    title, short = f"{words} - {label}", f"{words} {label}"[:50].rstrip()
    found: Json = {
        "id": element_uid(name),
        "code": code,
        "name": title,
        "shortName": short,
        "formName": label,
        "translations": _french(NAME=title, SHORT_NAME=short, FORM_NAME=label),
        "domainType": "TRACKER",
        "valueType": value_type,
        "aggregationType": "NONE",
        "zeroIsSignificant": True,
        "categoryCombo": {"id": DEFAULT_CATEGORY_COMBO},
        "sharing": READABLE,
    }
    if options:
        found["optionSet"] = {"id": uid("optionSet", f"REF_{options}")}
    return found


def _program(receivers: Sequence[str]) -> Json:
    title = "ASC REF - Références et contre-références"
    return {
        "id": PROGRAM,
        "code": PREFIX,
        "name": title,
        "shortName": "ASC REF Références",
        "translations": _french(NAME=title, SHORT_NAME="ASC REF Références"),
        "programType": "WITHOUT_REGISTRATION",
        "accessLevel": "OPEN",
        # A counter-referral comes days later, and must still find its event open.
        "completeEventsExpiryDays": 0,
        "categoryCombo": {"id": DEFAULT_CATEGORY_COMBO},
        "programStages": [{"id": STAGE}],
        "organisationUnits": [{"id": unit} for unit in receivers],
        "sharing": DATA_READABLE,
    }


def _stage(catalogue: Catalogue) -> Json:
    title = "ASC REF - Référence"
    names = [*_NAMED, *catalogue.referrals.treatments]
    return {
        "id": STAGE,
        "name": title,
        "translations": _french(NAME=title),
        "program": {"id": PROGRAM},
        "sortOrder": 1,
        "validationStrategy": "ON_UPDATE_AND_INSERT",
        "programStageDataElements": [
            {
                "programStage": {"id": STAGE},
                "dataElement": {"id": element_uid(name)},
                "compulsory": name in _COMPULSORY,
                "sortOrder": place,
            }
            for place, name in enumerate(names, 1)
        ],
        "sharing": DATA_READABLE,
    }


def _french(**words: str) -> list[Json]:
    return [{"locale": "fr", "property": name, "value": value} for name, value in words.items()]
