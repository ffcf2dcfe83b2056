"""The page that shows the stored values to a person who tries the demo."""

from collections.abc import Iterator
from typing import Final

from flask import render_template_string

from gateway.sandbox.dhis2.model import Json, Place
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.summary import Family

SHOWN: Final = 60
MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)

TEMPLATE: Final = """<!DOCTYPE html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>DHIS2 (bac à sable)</title>
<style>
 body { font: 15px/1.45 system-ui, sans-serif; margin: 0; color: #212934; background: #f3f5f7; }
 header { background: #2c6693; color: #fff; padding: 14px 24px; }
 header h1 { font-size: 18px; margin: 0; } header p { margin: 2px 0 0; opacity: .85; }
 main { padding: 8px 24px 40px; display: flex; flex-wrap: wrap; gap: 18px;
        align-items: flex-start; }
 section { background: #fff; border: 1px solid #d5dde5; border-radius: 6px; padding: 12px 16px;
           flex: 1 1 380px; max-width: 640px; }
 h2 { font-size: 16px; margin: 0; } h2 small { color: #5a6b7b; font-weight: normal; }
 .done { color: #1b7a3d; } .open { color: #8a6100; } h3 { font-size: 14px; margin: 14px 0 4px; }
 table { border-collapse: collapse; width: 100%; }
 td { border-top: 1px solid #e8edf2; padding: 3px 6px; vertical-align: top; }
 td:first-child { font-family: ui-monospace, monospace; white-space: nowrap; }
 td:last-child { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }
 .empty { padding: 24px; }
</style>
<header><h1>DHIS2 (bac à sable, famille {{ family }})</h1>
<p>{{ units }} unités, {{ elements }} éléments de données, {{ total }} valeurs reçues</p></header>
<main>
{% for place in places %}
<section><h2>{{ place.month }} <small>{{ place.unit }}</small></h2>
{% for form in place.forms %}
<h3>{{ form.name }}
{% if form.complete %}<span class="done">&#10003; complet le {{ form.complete }}</span>
{% else %}<span class="open">pas encore complet</span>{% endif %}</h3>
<table>{% for row in form.rows %}
<tr><td>{{ row.code }}</td><td>{{ row.name }}</td><td>{{ row.value }}</td></tr>
{% endfor %}</table>
{% endfor %}</section>
{% else %}<p class="empty">Aucune valeur pour le moment : envoyez un rapport.</p>
{% endfor %}
</main>
{% if hidden %}<p class="empty">{{ hidden }} autres :
choisir avec ?period=AAAAMM&amp;orgUnit=UID.</p>{% endif %}
</html>
"""


def render(state: State, family: Family, period: str | None, unit: str | None) -> str:
    """Return the page in HTML, escaped by Jinja: the newest `SHOWN` places of the query."""
    places = _places(state, period, unit)
    return render_template_string(
        TEMPLATE,
        family=family,
        units=len(state.org_units),
        elements=len(state.elements),
        total=sum(len(rows) for rows in state.cells.values()),
        places=[_section(state, place) for place in places[:SHOWN]],
        hidden=max(0, len(places) - SHOWN),
    )


def as_json(state: State, period: str | None, unit: str | None) -> Json:
    """Return values and registrations with codes beside the UIDs."""
    return {
        "values": [row for place in _places(state, period, unit) for row in _values(state, place)],
        "completeness": [
            {
                "dataSet": key[0],
                "dataSetCode": state.data_sets[key[0]].code,
                "period": key[1],
                "orgUnit": key[2],
                "date": registration.date,
                "completed": registration.completed,
            }
            for key, registration in state.registrations.items()
            if period in (None, key[1]) and unit in (None, key[2])
        ],
    }


def _places(state: State, period: str | None, unit: str | None) -> list[Place]:
    found = [
        place
        for place in {*state.cells, *((key[2], key[1]) for key in state.registrations)}
        if period in (None, place[1]) and unit in (None, place[0])
    ]
    names = {uid: known.name for uid, known in state.org_units.items()}
    found.sort(key=lambda place: names.get(place[0], place[0]))
    return sorted(found, key=lambda place: place[1], reverse=True)


def _values(state: State, place: Place) -> Iterator[Json]:
    for (element, combo, attribute), cell in state.cells.get(place, {}).items():
        if not cell.deleted:
            yield {
                "orgUnit": place[0],
                "orgUnitCode": state.org_units[place[0]].code,
                "period": place[1],
                "dataElement": element,
                "code": state.elements[element].code,
                "categoryOptionCombo": combo,
                "attributeOptionCombo": attribute,
                "value": cell.value,
            }


def _section(state: State, place: Place) -> Json:
    unit, period = place
    rows = list(_values(state, place))
    forms = []
    for uid, data_set in state.data_sets.items():
        done = next(
            (
                registration
                for key, registration in state.registrations.items()
                if key[:3] == (uid, period, unit) and registration.completed
            ),
            None,
        )
        mine = [
            {**row, "name": state.elements[row["dataElement"]].name}
            for row in rows
            if row["dataElement"] in data_set.members
        ]
        if mine or done:
            forms.append(
                {"name": data_set.name, "rows": mine, "complete": done.date if done else ""}
            )
    name = state.org_units[unit].name if unit in state.org_units else unit
    return {"month": _month(period), "unit": name, "forms": forms}


def _month(period: str) -> str:
    if len(period) == 6 and period.isdigit() and 1 <= int(period[4:]) <= 12:
        return f"{MONTHS[int(period[4:]) - 1]} {period[:4]}".capitalize()
    return period
