"""DHIS2's `fields=id,code,categoryCombo[id,name]`: the properties to answer with."""

from typing import Any

from gateway.sandbox.dhis2.model import Json

Wanted = dict[str, "Wanted | None"]


def parse(text: str) -> Wanted:
    """Return the tree of the names asked for; None below a name means all that it holds.

    Brackets that do not match are read as if closed at the end.
    """
    wanted, _ = _parse(text, 0)
    return wanted


def pick(raw: Any, wanted: Wanted | None) -> Any:
    """Return the part of the object that is wanted. `*` and `:owner` mean everything."""
    if wanted is None or "*" in wanted or any(name.startswith(":") for name in wanted):
        return raw
    if isinstance(raw, list):
        return [pick(item, wanted) for item in raw]
    if not isinstance(raw, dict):
        return raw
    picked: Json = {name: pick(raw[name], below) for name, below in wanted.items() if name in raw}
    return picked


def _parse(text: str, at: int) -> tuple[Wanted, int]:
    wanted: Wanted = {}
    name = ""
    while at < len(text) and text[at] != "]":
        if text[at] == "[":
            wanted[name], at = _parse(text, at + 1)
            name = ""
        elif text[at] == ",":
            wanted.update({name: None} if name else {})
            name = ""
        else:
            name += text[at]
        at += 1
    wanted.update({name: None} if name else {})
    return wanted, at
