"""A country that has reported for a while: units, people, reports, stock-outs, referrals.

The first district has 60 facilities, 500 sites and three years of history; all others have the
last two months. Written straight into PostgreSQL, since what is measured is asking, not filing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from gateway.storage.engine import connect
from gateway.storage.tables import ALWAYS, inbox, org_unit_terms, org_units, posts
from menus.loading.loader import load
from menus.model.period import Period

DISTRICT_SITES: Final = 500
DISTRICT_FACILITIES: Final = 60
PATIENCE: Final = 600.0  # seconds that filling one table may take
LONG, SHORT = 36, 2  # months of history, in the first district and elsewhere
DISTRICT_PHONE: Final = "+22370900001"
FACILITY_PHONE: Final = "+22370900002"  # heads the first facility of the first district


@dataclass(slots=True)
class _Tree:
    """Rows of units, terms and posts as they are made; ids count from 1."""

    units: list[dict[str, Any]]
    terms: list[dict[str, Any]]
    people: list[dict[str, Any]]

    def unit(self, code: str, level: str, parent: int | None) -> int:
        number = len(self.units) + 1
        self.units.append({"id": number, "code": code})
        term = {"unit_id": number, "since": ALWAYS, "name": code, "level": level}
        self.terms.append({**term, "parent_id": parent, "dhis2_id": None})
        return number

    def person(self, phone: str, role: str, unit: int) -> None:
        row = {"phone": phone, "unit_id": unit, "name": f"N{len(self.people)}", "role": role}
        self.people.append({**row, "language": "fr", "since": ALWAYS})


def build(database: str, sites: int, now: datetime) -> None:
    """Fills a migrated PostgreSQL with a country of so many sites that asks at `now`."""
    engine = connect(database, patience=PATIENCE)
    with engine.begin() as connection:
        tree = _tree(sites)
        connection.execute(insert(org_units), tree.units)
        connection.execute(insert(org_unit_terms), tree.terms)
        connection.execute(insert(posts), tree.people)
        _reports(connection, now)
        _trouble(connection, now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What any database does by itself within a minute of so many rows.
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _tree(sites: int) -> _Tree:
    tree = _Tree([], [], [])
    top = tree.unit("ML", "country", None)
    numbers = iter(range(sites))
    for district, left in enumerate(range(sites, 0, -DISTRICT_SITES)):
        above = tree.unit(f"DUGU{district}", "district", top)
        facilities: dict[int, int] = {}
        for place in range(min(left, DISTRICT_SITES)):
            which = place * DISTRICT_FACILITIES // DISTRICT_SITES
            if which not in facilities:
                facilities[which] = tree.unit(f"KANI{district}-{which}", "facility", above)
            number = next(numbers)
            site = tree.unit(f"KOLA{number}", "site", facilities[which])
            tree.person(f"+2237{number:07d}", "asc", site)
        if district == 0:
            tree.person(DISTRICT_PHONE, "district", above)
            tree.person(FACILITY_PHONE, "dtc", facilities[0])
    return tree


def _months(now: datetime, count: int) -> Iterator[str]:
    this = Period(now.year, now.month)
    return (this.plus(-back).code for back in range(1, count + 1))


def _reports(connection: Connection, now: datetime) -> None:
    """Every form of every month; of the last month a third is not whole, and some is absent."""
    statement = text(
        """
        INSERT INTO reports (site_id, form, period, receipt, version, complete, late, "values",
            days_out, stamps, pending, problems, refusals, received_at, changed_at)
        SELECT t.unit_id, f.form, m.period,
            lpad(to_hex((m.place * 4 + f.place)::int), 4, '0'), 1,
            m.place > 1 OR t.unit_id % 3 > 0, t.unit_id % 5 = 0, f.filled, '{}', f.stamps,
            '{}', '[]', '{}', :now, :now
        FROM org_unit_terms t
        JOIN org_unit_terms above ON above.unit_id = t.parent_id
        CROSS JOIN jsonb_to_recordset(CAST(:months AS jsonb)) AS m(period text, place int)
        CROSS JOIN jsonb_to_recordset(CAST(:forms AS jsonb))
            AS f(form text, place int, filled jsonb, stamps jsonb)
        WHERE t.level = 'site' AND (m.place <= :short OR above.parent_id = 2)
            AND (m.place > 1 OR t.unit_id % 7 > 0 OR f.place > 1)
        """
    )
    months = [
        {"period": code, "place": place} for place, code in enumerate(_months(now, LONG), start=1)
    ]
    forms = [
        {
            "form": form.keyword,
            "place": place,
            "filled": dict.fromkeys(form.required, 12),
            "stamps": {code: [1_790_000_000_000, 1] for code in form.required},
        }
        for place, form in enumerate(load().forms.values())
    ]
    fills = {"now": now, "short": SHORT, "months": json.dumps(months), "forms": json.dumps(forms)}
    connection.execute(statement, fills)


def _trouble(connection: Connection, now: datetime) -> None:
    """At each site a stock-out that ended, at some one that did not; the same of referrals."""
    row = {"provider": "bench", "provider_id": "0", "phone": "0", "lane": 0, "text_hash": "0"}
    row |= {"state": "read"}
    times = {"sent_at": now, "received_at": now}
    message = connection.execute(insert(inbox).returning(inbox.c.id), {**row, **times}).scalar_one()
    fills = {"message": message, "now": now, "then": now - timedelta(days=20)}
    for statement in (
        """
        INSERT INTO stock_outs (site_id, code, since, until, inbox_id)
        SELECT t.unit_id, c.code, CAST(:then AS timestamptz) - p.days * interval '1 day',
            CASE WHEN p.days > 0 OR t.unit_id % 4 > 0 THEN CAST(:now AS timestamptz) END, :message
        FROM org_unit_terms t CROSS JOIN (VALUES ('ENF'), ('ATP')) AS c(code)
        CROSS JOIN (VALUES (0), (40), (80)) AS p(days) WHERE t.level = 'site'
        """,
        """
        INSERT INTO referrals (site_id, post_id, number, sex, reason, treatments, state, made_at,
            changed_at, closed_at)
        SELECT p.unit_id, p.id, lpad(d.days::text, 4, '2'), 'F', 'PG', '[]', 'sent',
            CAST(:now AS timestamptz) - d.days * interval '1 day', :now,
            CASE WHEN d.days > 1 OR p.unit_id % 3 > 0 THEN CAST(:now AS timestamptz) END
        FROM posts p CROSS JOIN generate_series(1, 6) AS d(days) WHERE p.role = 'asc'
        """,
    ):
        connection.execute(text(statement), fills)
