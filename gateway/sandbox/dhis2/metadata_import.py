"""`POST /api/metadata`: as strict as DHIS2 about UIDs, lengths, uniqueness and references.

All or nothing (`atomicMode=ALL`, the default). The answer is DHIS2's `ImportReport`; codes
are those of its `ErrorCode`: E4000 missing, E4001 too long, E4014 bad UID, E5002 unknown
reference, E5003 taken on the server or twice in the payload, E3011 data sharing where there is
none, E4027 a value that the property does not take, E1106 two translations of one property, E4028
an option that its set has already, E4053 a stage without a program.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.sandbox.dhis2.metadata_schemas import SCHEMAS, Schema
from gateway.sandbox.dhis2.model import DEFAULT_CATEGORY_COMBO, Json
from gateway.sandbox.dhis2.state import KINDS, State, reference

_UID: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9]{10}", re.ASCII)
_ACCESS: Final = re.compile(r"(r-|rw|--){2}----", re.ASCII)
Payload = Mapping[str, list[Json]]

_LIMITS: Final = {"name": 230, "shortName": 50, "code": 50, "formName": 230}


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding about one object."""

    code: str
    message: str
    prop: str


def import_metadata(state: State, body: Json, *, dry_run: bool = False) -> tuple[Json, int]:
    """Check the payload and store it when it is without fault.

    Returns the WebMessage and its HTTP status: 200, or 409 with an error report for each fault
    and nothing stored. Properties that are no kind of object are ignored, as the real server does
    with `system` and `date`.
    """
    payload = {kind: body[kind] for kind in KINDS if isinstance(body.get(kind), list)}
    known = {
        kind: set(state.objects[kind]) | {str(posted.get("id")) for posted in payload.get(kind, ())}
        for kind in KINDS
    }
    reports: list[Json] = []
    for kind, objects in payload.items():
        taken = _taken(state, kind, objects)
        faults = [
            [*_faults(kind, raw, known, taken), *_belonging(state, payload, kind, raw)]
            for raw in objects
        ]
        reports.append(_type_report(state, kind, objects, faults))
    refused = any(report["objectReports"] for report in reports)
    if not refused and not dry_run:
        for kind, objects in payload.items():
            state.objects[kind].update({raw["id"]: _with_defaults(kind, raw) for raw in objects})
        state.rebuild()
    return _answer(reports, refused=refused)


def _with_defaults(kind: str, raw: Json) -> Json:
    """Return the object as stored: one without the category combo it needs gets the default."""
    if kind not in ("dataElements", "dataSets", "programs"):
        return dict(raw)
    return {"categoryCombo": {"id": DEFAULT_CATEGORY_COMBO}, **raw}


def _taken(state: State, kind: str, objects: list[Json]) -> dict[tuple[str, str], list[str]]:
    """Return the UIDs of objects, stored or posted, by the unique (property, value) they claim."""
    merged = {**state.objects[kind], **{str(raw.get("id")): raw for raw in objects}}
    taken: dict[tuple[str, str], list[str]] = {}
    for prop in SCHEMAS[kind].unique:
        for uid, raw in merged.items():
            if raw.get(prop):
                taken.setdefault((prop, str(raw[prop])), []).append(uid)
    return taken


def _faults(
    kind: str,
    raw: Json,
    known: Mapping[str, set[str]],
    taken: Mapping[tuple[str, str], list[str]],
) -> Iterator[Fault]:
    schema = SCHEMAS[kind]
    uid = str(raw.get("id", ""))
    if not _UID.fullmatch(uid):
        yield Fault("E4014", f"Invalid UID `{uid}` for property `id`", "id")
    for prop in schema.required:
        if not raw.get(prop):
            yield Fault("E4000", f"Missing required property `{prop}`.", prop)
    yield from _lengths(raw)
    for prop, words in schema.one_of.items():
        if raw.get(prop) and raw[prop] not in words:
            message = f"Value `{raw[prop]}` is not a valid for property `{prop}`"
            yield Fault("E4027", message, prop)
    for prop in schema.unique:
        claims = taken.get((prop, str(raw.get(prop))), [])
        if raw.get(prop) and len(claims) > 1:
            message = f"Property `{prop}` with value `{raw[prop]}` on object {uid} already exists"
            yield Fault("E5003", message, prop)
    yield from _dangling(schema, raw, known)
    yield from _sharing(schema, raw)
    yield from _translations(raw)


def _lengths(raw: Json) -> Iterator[Fault]:
    for prop, limit in _LIMITS.items():
        length = len(str(raw.get(prop) or ""))
        if length > limit:
            message = (
                f"Maximum length of property `{prop}`is {limit}, but given length was {length}."
            )
            yield Fault("E4001", message, prop)


def _dangling(schema: Schema, raw: Json, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for path, kind in schema.references.items():
        for uid in _references(raw, path.split(".")):
            if uid not in known[kind]:
                message = f"Invalid reference {uid} ({kind}) for association `{path}`."
                yield Fault("E5002", message, path)


def _references(raw: Any, path: list[str]) -> Iterator[str]:
    """Yield every UID at the end of the path, through lists."""
    if isinstance(raw, list):
        for item in raw:
            yield from _references(item, path)
    elif isinstance(raw, dict) and path:
        yield from _references(raw.get(path[0]), path[1:])
    elif isinstance(raw, dict):
        yield str(raw.get("id"))


def _sharing(schema: Schema, raw: Json) -> Iterator[Fault]:
    access = (raw.get("sharing") or {}).get("public")
    if access is None:
        return
    if not _ACCESS.fullmatch(access):
        yield Fault("E3015", f"Invalid public access string: `{access}`", "sharing")
    elif access[2:4] != "--" and not schema.data_sharing:
        message = f"Data sharing is not enabled for type `{schema.klass}`"
        yield Fault("E3011", message, "sharing")


def _translations(raw: Json) -> Iterator[Fault]:
    """Check that each translation is whole, and no two are of one property and language."""
    seen: set[tuple[str, str]] = set()
    for translation in raw.get("translations") or ():
        for prop in ("locale", "property", "value"):
            if not translation.get(prop):
                yield Fault("E4000", f"Missing required property `{prop}`.", "translations")
        pair = (str(translation.get("locale")), str(translation.get("property")))
        if pair in seen:
            message = f"There are duplicate translation record for property `{pair[1]}`"
            yield Fault("E1106", f"{message} and locale `{pair[0]}`", "translations")
        seen.add(pair)


def _belonging(state: State, payload: Payload, kind: str, raw: Json) -> Iterator[Fault]:
    """Check what an object has to fit into besides the objects that it refers to itself."""
    if kind == "programStages" and not reference(raw, "program"):
        programs = [*state.objects["programs"].values(), *payload.get("programs", ())]
        listed = {stage["id"] for program in programs for stage in program.get("programStages", ())}
        if raw.get("id") not in listed:
            message = f"Program stage `{raw.get('id')}` must reference a program."
            yield Fault("E4053", message, "program")
    if kind == "options":
        yield from _in_option_set({**state.objects["options"]}, payload["options"], raw)


def _in_option_set(stored: dict[str, Json], posted: list[Json], raw: Json) -> Iterator[Fault]:
    """Check that no code and no name stands twice in one option set."""
    owner = reference(raw, "optionSet")
    stored.update({str(option.get("id")): option for option in posted})
    for uid, option in stored.items():
        same = option.get("code") == raw.get("code") or option.get("name") == raw.get("name")
        if owner and uid != raw.get("id") and same and reference(option, "optionSet") == owner:
            message = f"Option set `{owner}` already contains option `{option.get('name')}`"
            yield Fault("E4028", message, "optionSet")


def _type_report(state: State, kind: str, objects: list[Json], faults: list[list[Fault]]) -> Json:
    klass = SCHEMAS[kind].klass
    there = sum(raw.get("id") in state.objects[kind] for raw in objects)
    bad = sum(bool(found) for found in faults)
    stats = _stats(len(objects) - there, there) if not bad else _stats(0, 0, len(objects))
    return {
        "klass": klass,
        "stats": stats,
        "objectReports": [
            {
                "klass": klass,
                "index": index,
                "uid": raw.get("id"),
                "errorReports": [
                    {
                        "message": fault.message,
                        "mainKlass": klass,
                        "errorCode": fault.code,
                        "errorProperty": fault.prop,
                        "mainId": raw.get("id"),
                        "errorProperties": [],
                    }
                    for fault in found
                ],
            }
            for index, (raw, found) in enumerate(zip(objects, faults, strict=True))
            if found
        ],
    }


def _stats(created: int, updated: int, ignored: int = 0) -> Json:
    total = created + updated + ignored
    return {
        "created": created,
        "updated": updated,
        "deleted": 0,
        "ignored": ignored,
        "total": total,
    }


def _answer(reports: list[Json], *, refused: bool) -> tuple[Json, int]:
    status = "ERROR" if refused else "OK"
    stats = {
        name: sum(report["stats"][name] for report in reports)
        for name in ("created", "updated", "deleted", "ignored", "total")
    }
    body: Json = {
        "httpStatus": "Conflict" if refused else "OK",
        "httpStatusCode": 409 if refused else 200,
        "status": "WARNING" if refused else "OK",
        "response": {
            "responseType": "ImportReport",
            "status": status,
            "stats": stats,
            "typeReports": reports,
        },
    }
    if refused:
        body["message"] = "One or more errors occurred, please see full details in import report."
    return body, body["httpStatusCode"]
