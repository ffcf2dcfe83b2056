"""A form's mapping to a data set that a server has already, proposed for a person to review. Pure.

A field and a data element belong together by code (the agent's, an alias, the one that the
export gives) or because their names are alike. What is not beyond doubt stands as a comment.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from gateway.dhis2.metadata import DEFAULT_OPTION_COMBO, data_element_uid, days_out_uid
from gateway.transports.dhis2_data_set import DataSet, Element, OptionCombo
from menus.model.catalogue import Field, Form

ALIKE: Final = 0.8  # names that are this much the same (0 to 1) mean the same
NEAR: Final = 0.55  # from here on a person is asked
SHOWN: Final = 3  # near ones that are shown

_UNDER_FIVE: Final = re.compile(
    r"(?<!\d)0\s*-\s*4(?!\d)|0\s*-\s*59|<\s*5(?!\d)|(moins de|under) (5|five)"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where one field may go. `element` and `combo` are beyond doubt, `near` is for a person;
    `days_out` is the data element of the days without a product."""

    field: Field
    element: Element | None = None
    combo: OptionCombo | None = None
    near: tuple[Element, ...] = ()
    days_out: Element | None = None


def propose(form: Form, data_set: DataSet) -> list[Proposal]:
    """One proposal for each field, in the form's order; no data element is given out twice."""
    left = dict(data_set.elements)
    days = {one.code: left.pop(uid) for one in form.fields if (uid := _days_out(form, one, left))}
    found: dict[str, Element] = {}
    for is_it in (_has_its_code, _is_called_so):
        for field in form.fields:
            fitting = [one for one in left.values() if is_it(form, field, one)]
            if field.code not in found and len(fitting) == 1:
                found[field.code] = left.pop(fitting[0].id)
    rest = list(left.values())
    return [
        replace(_proposal(form, one, found.get(one.code), rest), days_out=days.get(one.code))
        for one in form.fields
    ]


def render(form: Form, data_set: DataSet, proposals: Sequence[Proposal]) -> str:
    """The proposals as a `mapping.toml` that loads as it stands."""
    lines = [
        f"# {_plain(data_set.name)} ({data_set.code or data_set.id}), to be reviewed line by line.",
        f"[{form.keyword}]",
        f'data_set = "{data_set.id}"',
    ]
    for one in proposals:
        lines += ["", f"[{form.keyword}.{one.field.code}] # {_plain(one.field.labels['fr'])}"]
        lines += _lines(one)
    given = [one for it in proposals for one in (it.element, it.days_out) if one is not None]
    taken = {one.id for one in given}
    rest = [one for one in data_set.elements.values() if one.id not in taken]
    if rest:
        lines += ["", "# Data elements of the data set that no field feeds:"]
        lines += [line for one in rest for line in _described(one)]
    return "\n".join(lines) + "\n"


def _proposal(
    form: Form, field: Field, element: Element | None, left: Sequence[Element]
) -> Proposal:
    if element is None:
        likeness = {one.id: _likeness(field, one) for one in left}
        ranked = sorted(left, key=lambda one: -likeness[one.id])
        near = tuple(one for one in ranked[:SHOWN] if likeness[one.id] >= NEAR)
        return Proposal(field, near=near)
    combo = _combo(form, field, element)
    return Proposal(field, element, combo, () if combo else (element,))


def _combo(form: Form, field: Field, element: Element) -> OptionCombo | None:
    """The one combo that holds what the field counts; None when that is not beyond doubt."""
    if len(element.combos) == 1:
        return element.combos[0]
    counted = _folded(f"{form.labels['fr']} {field.labels['fr']}")
    if not _UNDER_FIVE.search(counted):
        return None
    fitting = [one for one in element.combos if _UNDER_FIVE.search(_folded(one.name))]
    return fitting[0] if len(fitting) == 1 else None


def _has_its_code(form: Form, field: Field, element: Element) -> bool:
    codes = {field.code, *field.aliases, f"ASC_{form.keyword}_{field.code}"}
    return element.code.upper() in codes or element.id == data_element_uid(field)


def _days_out(form: Form, field: Field, elements: Mapping[str, Element]) -> str | None:
    """The UID of the one data element that counts the days without this product."""
    codes = {f"{field.code}_J", f"ASC_{form.keyword}_{field.code}_J"}
    own = days_out_uid(field)
    fitting = [uid for uid, one in elements.items() if one.code.upper() in codes or uid == own]
    return fitting[0] if field.takes_days_out and len(fitting) == 1 else None


def _is_called_so(form: Form, field: Field, element: Element) -> bool:
    return _likeness(field, element) >= ALIKE


def _likeness(field: Field, element: Element) -> float:
    """How much alike the names are, 0 to 1, in whatever language the server has them."""
    ours = [_folded(one) for one in (*field.labels.values(), field.hints.get("fr", "")) if one]
    theirs = [_folded(one) for one in element.names]
    ratios = [SequenceMatcher(None, a, b).ratio() for a in ours for b in theirs]
    return max(ratios, default=0.0)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def _lines(one: Proposal) -> Iterator[str]:
    if one.element is not None and one.combo is not None:
        yield f'data_element = "{one.element.id}" # {_named(one.element)}'
        if one.combo.id != DEFAULT_OPTION_COMBO:
            yield f'category_option_combo = "{one.combo.id}" # {_plain(one.combo.name)}'
        if one.days_out is not None:
            yield f'days_out_data_element = "{one.days_out.id}" # {_named(one.days_out)}'
        elif one.field.takes_days_out:
            yield 'days_out_data_element = "none"'
        return
    for near in one.near:
        yield from _described(near, "maybe ")
    why = "not decided yet" if one.near else "nothing in the data set is like it"
    yield 'data_element = "none"'
    yield f"why = {json.dumps(why)}"


def _described(element: Element, word: str = "") -> Iterator[str]:
    yield f"# {word}{element.id} {_named(element)}"
    for combo in element.combos:
        if combo.id != DEFAULT_OPTION_COMBO:
            yield f"#     {combo.id} {_plain(combo.name)}"


def _named(element: Element) -> str:
    return _plain(f"{element.code} {element.names[0] if element.names else ''}")


def _plain(text: str) -> str:
    """Fit for a TOML comment: one line, no control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
