"""DHIS2's own rules for metadata, as far as its documents and schemas tell: one faults list.

What an import would refuse (required properties, lengths, unique values, UIDs, references) and
what it would silently pass over (properties that it does not know, two translations of one).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = Mapping[str, Any]

UID: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9]{10}", re.ASCII)
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LENGTHS: Final = {"name": 230, "shortName": 50, "code": 50, "formName": 230}
# The default category combo is on every server.
ON_EVERY_SERVER: Final = frozenset({"bjDvmb4bfuf", "HllvX50cXC0"})
PROPERTIES_TRANSLATED: Final = {
    "NAME": "name",
    "SHORT_NAME": "shortName",
    "FORM_NAME": "formName",
    "DESCRIPTION": "description",
}
COMMON: Final = {"id", "code", "name", "translations", "sharing"}


@dataclass(frozen=True)
class Kind:
    """`refs` maps a path to the kind that it refers to; `words` a property to what it may be."""

    required: Collection[str]
    unique: Collection[str] = ("code", "name")
    optional: Collection[str] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Collection[Any]] = field(default_factory=dict)
    data_sharing: bool = False


VALUE_TYPES: Final = {
    *("INTEGER_ZERO_OR_POSITIVE", "INTEGER", "NUMBER", "TEXT", "DATE", "BOOLEAN", "TRUE_ONLY")
}
AGGREGATIONS: Final = {"SUM", "LAST", "MAX", "MIN", "AVERAGE", "NONE", "COUNT"}
DAYS: Final = range(366)

KINDS: Final[Mapping[str, Kind]] = {
    "organisationUnits": Kind(
        {"name", "shortName", "openingDate"},
        unique={"code"},
        optional={"parent"},
        refs={"parent": "organisationUnits"},
    ),
    "options": Kind(
        {"name", "code", "sortOrder", "optionSet"}, unique=(), refs={"optionSet": "optionSets"}
    ),
    "optionSets": Kind(
        {"name", "valueType", "options"},
        refs={"options": "options"},
        optional={"version"},
        words={"valueType": VALUE_TYPES},
    ),
    "dataElements": Kind(
        {"name", "shortName", "valueType", "domainType", "aggregationType"},
        unique={"code", "name", "shortName"},
        optional={"formName", "description", "zeroIsSignificant", "categoryCombo", "optionSet"},
        refs={"categoryCombo": "categoryCombos", "optionSet": "optionSets"},
        words={
            "valueType": VALUE_TYPES,
            "aggregationType": AGGREGATIONS,
            "domainType": {"AGGREGATE", "TRACKER"},
        },
    ),
    "dataSets": Kind(
        {"name", "shortName", "periodType"},
        optional={
            *("expiryDays", "openFuturePeriods", "timelyDays", "categoryCombo"),
            *("dataSetElements", "organisationUnits", "description", "formType"),
        },
        refs={
            "categoryCombo": "categoryCombos",
            "dataSetElements.dataSet": "dataSets",
            "dataSetElements.dataElement": "dataElements",
            "organisationUnits": "organisationUnits",
        },
        words={
            "periodType": {"Monthly"},
            "expiryDays": DAYS,
            "timelyDays": DAYS,
            "openFuturePeriods": DAYS,
        },
        data_sharing=True,
    ),
    "programs": Kind(
        {"name", "shortName", "programType"},
        unique={"code", "name", "shortName"},
        optional={
            *("programStages", "organisationUnits", "categoryCombo", "version", "description"),
            *("accessLevel", "completeEventsExpiryDays"),
        },
        refs={
            "programStages": "programStages",
            "organisationUnits": "organisationUnits",
            "categoryCombo": "categoryCombos",
        },
        words={
            "programType": {"WITHOUT_REGISTRATION"},
            "accessLevel": {"OPEN", "AUDITED", "PROTECTED", "CLOSED"},
            "completeEventsExpiryDays": DAYS,
        },
        data_sharing=True,
    ),
    "programStages": Kind(
        {"name", "program"},
        unique={"code"},
        optional={"programStageDataElements", "sortOrder", "repeatable", "validationStrategy"},
        refs={
            "program": "programs",
            "programStageDataElements.dataElement": "dataElements",
            "programStageDataElements.programStage": "programStages",
        },
        data_sharing=True,
    ),
}


def faults(document: Json, on_the_server: Collection[str] = ()) -> list[str]:
    """Every rule that the document breaks, in words; `on_the_server` are UIDs known there."""
    known = {one["id"] for objects in document.values() for one in objects}
    known |= ON_EVERY_SERVER | set(on_the_server)
    found = [f"{kind}: DHIS2 knows no such objects" for kind in document.keys() - KINDS.keys()]
    every_uid = [one["id"] for objects in document.values() for one in objects]
    found += [f"{uid}: stands for two objects" for uid, n in Counter(every_uid).items() if n > 1]
    for kind, objects in document.items():
        if kind in KINDS:
            found += _twice(kind, objects)
            for one in objects:
                found += [f"{kind} {one.get('code')}: {words}" for words in _of(kind, one, known)]
    return found


def _twice(kind: str, objects: Collection[Json]) -> Iterator[str]:
    for prop in KINDS[kind].unique:
        counted = Counter(one[prop] for one in objects if one.get(prop))
        yield from (f"{kind}: {prop} {text!r} twice" for text, n in counted.items() if n > 1)


def _of(kind: str, one: Json, known: Collection[str]) -> Iterator[str]:
    rules = KINDS[kind]
    if not UID.fullmatch(one["id"]):
        yield f"{one['id']!r} is no UID"
    yield from (f"lacks {prop}" for prop in rules.required if one.get(prop) in (None, ""))
    allowed = {*COMMON, *rules.required, *rules.optional}
    yield from (f"DHIS2 knows no {prop}" for prop in one.keys() - allowed)
    for prop, words in rules.words.items():
        if prop in one and one[prop] not in words:
            yield f"{prop} cannot be {one[prop]!r}"
    if kind == "organisationUnits" and not DAY.fullmatch(one.get("openingDate", "")):
        yield "openingDate is no day"
    yield from _texts(one)
    yield from _references(one, rules, known)
    yield from _translations(one)
    yield from _sharing(one, rules)


def _texts(one: Json) -> Iterator[str]:
    for prop, most in LENGTHS.items():
        text = one.get(prop) or ""
        if len(text) > most:
            yield f"{prop} is longer than {most}"
        if text != text.strip():
            yield f"{prop} begins or ends with a space"


def _references(one: Json, rules: Kind, known: Collection[str]) -> Iterator[str]:
    for path in rules.refs:
        for uid in _uids(one, path.split(".")):
            if uid not in known:
                yield f"{path} refers to {uid}, which is nowhere"


def _uids(raw: Any, path: list[str]) -> Iterator[str]:
    if isinstance(raw, list):
        for one in raw:
            yield from _uids(one, path)
    elif isinstance(raw, dict) and path:
        yield from _uids(raw.get(path[0]), path[1:])
    elif isinstance(raw, dict):
        yield raw["id"]


def _translations(one: Json) -> Iterator[str]:
    seen = set()
    for entry in one.get("translations", ()):
        key = (entry["locale"], entry["property"])
        if key in seen:
            yield f"two translations of {key}"
        seen.add(key)
        prop = PROPERTIES_TRANSLATED.get(entry["property"])
        if prop is None or prop not in one:
            yield f"a translation of {entry['property']}, which it does not have"
        elif len(entry["value"]) > LENGTHS.get(prop, 255):
            yield f"the translation of {prop} is too long"


def _sharing(one: Json, rules: Kind) -> Iterator[str]:
    public = (one.get("sharing") or {}).get("public", "r-------")
    if not re.fullmatch(r"(r-|rw|--){2}----", public):
        yield f"sharing cannot be {public!r}"
    elif public[2:4] != "--" and not rules.data_sharing:
        yield "takes no data sharing"
    elif public[0] != "r":
        yield "is not readable by everybody"
