"""A form's mapping to a data set that a server has already, proposed for a person to review. Pure.

A field and a data element belong together by code (the agent's, an alias, that of the export)
or because their names are alike. What is not beyond doubt stands as a comment.
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
SHOWN: Final = 3  # near data elements that are shown

_UNDER_FIVE: Final = re.compile(
    r"(?<!\d)0\s*-\s*4(?!\d)|0\s*-\s*59|<\s*5(?!\d)|(moins de|under) (5|five)"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a field may go.

    `element` and `combo` are beyond doubt, `near` is for a person to choose from; `days_out` is
    the data element of the days without a product.
    """

    field: Field
    element: Element | None = None
    combo: OptionCombo | None = None
    near: tuple[Element, ...] = ()
    days_out: Element | None = None


def propose(form: Form, data_set: DataSet) -> list[Proposal]:
    """Return a proposal for each field, in the form's order; no data element is used twice."""
    left = dict(data_set.elements)
    days = {
        field.code: left.pop(uid) for field in form.fields if (uid := _days_out(form, field, left))
    }
    found: dict[str, Element] = {}
    for is_it in (_has_its_code, _is_called_so):
        for field in form.fields:
            fitting = [element for element in left.values() if is_it(form, field, element)]
            if field.code not in found and len(fitting) == 1:
                found[field.code] = left.pop(fitting[0].id)
    rest = list(left.values())
    return [
        replace(_proposal(form, field, found.get(field.code), rest), days_out=days.get(field.code))
        for field in form.fields
    ]


def render(form: Form, data_set: DataSet, proposals: Sequence[Proposal]) -> str:
    """Return the proposals as a `mapping.toml` that loads as it stands."""
    lines = [
        f"# {_plain(data_set.name)} ({data_set.code or data_set.id}), to be reviewed line by line.",
        f"[{form.keyword}]",
        f'data_set = "{data_set.id}"',
    ]
    for proposal in proposals:
        field = proposal.field
        lines += ["", f"[{form.keyword}.{field.code}] # {_plain(field.labels['fr'])}"]
        lines += _lines(proposal)
    given = [element for each in proposals for element in (each.element, each.days_out)]
    taken = {element.id for element in given if element is not None}
    rest = [element for element in data_set.elements.values() if element.id not in taken]
    if rest:
        lines += ["", "# Data elements of the data set that no field feeds:"]
        lines += [line for element in rest for line in _described(element)]
    return "\n".join(lines) + "\n"


def _proposal(
    form: Form, field: Field, element: Element | None, left: Sequence[Element]
) -> Proposal:
    if element is None:
        likeness = {other.id: _likeness(field, other) for other in left}
        ranked = sorted(left, key=lambda other: -likeness[other.id])
        near = tuple(other for other in ranked[:SHOWN] if likeness[other.id] >= NEAR)
        return Proposal(field, near=near)
    combo = _combo(form, field, element)
    return Proposal(field, element, combo, () if combo else (element,))


def _combo(form: Form, field: Field, element: Element) -> OptionCombo | None:
    """Return the combo that holds what the field counts; None when that is not beyond doubt."""
    if len(element.combos) == 1:
        return element.combos[0]
    counted = _folded(f"{form.labels['fr']} {field.labels['fr']}")
    if not _UNDER_FIVE.search(counted):
        return None
    fitting = [combo for combo in element.combos if _UNDER_FIVE.search(_folded(combo.name))]
    return fitting[0] if len(fitting) == 1 else None


def _has_its_code(form: Form, field: Field, element: Element) -> bool:
    codes = {field.code, *field.aliases, f"ASC_{form.keyword}_{field.code}"}
    return element.code.upper() in codes or element.id == data_element_uid(field)


def _days_out(form: Form, field: Field, elements: Mapping[str, Element]) -> str | None:
    """Return the UID of the only data element that counts the days without this product, if any."""
    codes = {f"{field.code}_J", f"ASC_{form.keyword}_{field.code}_J"}
    own = days_out_uid(field)
    fitting = [
        uid for uid, element in elements.items() if element.code.upper() in codes or uid == own
    ]
    return fitting[0] if field.takes_days_out and len(fitting) == 1 else None


def _is_called_so(form: Form, field: Field, element: Element) -> bool:
    return _likeness(field, element) >= ALIKE


def _likeness(field: Field, element: Element) -> float:
    """Return how much alike the names are, 0 to 1, in every language that the server has."""
    own = [_folded(name) for name in (*field.labels.values(), field.hints.get("fr", "")) if name]
    theirs = [_folded(name) for name in element.names]
    ratios = [SequenceMatcher(None, a, b).ratio() for a in own for b in theirs]
    return max(ratios, default=0.0)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        "".join(letter for letter in plain if not unicodedata.combining(letter)).split()
    )


def _lines(proposal: Proposal) -> Iterator[str]:
    if proposal.element is not None and proposal.combo is not None:
        yield f'data_element = "{proposal.element.id}" # {_named(proposal.element)}'
        if proposal.combo.id != DEFAULT_OPTION_COMBO:
            yield f'category_option_combo = "{proposal.combo.id}" # {_plain(proposal.combo.name)}'
        if proposal.days_out is not None:
            yield f'days_out_data_element = "{proposal.days_out.id}" # {_named(proposal.days_out)}'
        elif proposal.field.takes_days_out:
            yield 'days_out_data_element = "none"'
        return
    for near in proposal.near:
        yield from _described(near, "maybe ")
    why = "not decided yet" if proposal.near else "nothing in the data set is like it"
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
    """Return a text fit for a TOML comment: one line, no control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
