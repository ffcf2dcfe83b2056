"""The roster as a whole: read for an export, changed by an import. Both are idempotent.

A change is dated: it holds from a month on, and what was before stays as it was, since numbers
of past months still belong to where their site stood then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from gateway.model.csv_table import FilePlace
from gateway.model.org_tree import upward
from gateway.model.phone import mask
from gateway.model.roster import LEVELS, PersonRow, Roster, UnitRow
from gateway.model.unit_levels import UnitLevel
from gateway.storage import number_changes
from gateway.storage.roster import units
from gateway.storage.tables import ALWAYS, org_unit_terms, org_units, posts
from menus.model.roles import Role

STORED = FilePlace("stored")

Values = dict[str, Any]
Receiver = tuple[int, str]  # a unit's id, and its dhis2_id


@dataclass(frozen=True, slots=True)
class Summary:
    """The changes of an import.

    `absent` counts what is stored but does not stand in the files, which is left as it is.
    `rerouted` holds the ids of the sites whose numbers belong to another DHIS2 unit than
    before, in at least one month from the import's month on; new sites are not among them.
    `left` holds the units that received those numbers before, `staffed` the sites at which
    agents came or went.
    """

    units_added: int
    units_changed: int
    units_unchanged: int
    units_absent: int
    people_added: int
    people_changed: int
    people_unchanged: int
    people_absent: int
    rerouted: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    staffed: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


def lock(connection: Connection) -> None:
    """Make a second import wait until this transaction ends; readers do not wait."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE org_units IN SHARE ROW EXCLUSIVE MODE")


def export(connection: Connection, period: str) -> Roster:
    """Return the units in force in the month, from the top down, and every post.

    `active` says whether a person works at the place in that month.
    """
    tree = units(connection, period)
    unit_rows = [
        UnitRow(
            place=STORED,
            code=unit.code,
            name=unit.name,
            level=unit.level,
            parent=None if unit.parent_id is None else tree[unit.parent_id].code,
            dhis2_id=unit.dhis2_id,
            population=unit.population,
        )
        for unit in tree.values()
    ]
    people = [
        PersonRow(
            place=STORED,
            phone=post.phone,
            name=post.name,
            role=post.role,
            org_unit=tree[post.unit_id].code,
            language=post.language,
            active=_works(post, period),
        )
        for post in connection.execute(select(posts))
    ]
    unit_rows.sort(key=lambda unit: (LEVELS.index(unit.level), unit.code))
    people.sort(key=lambda person: (person.org_unit, person.phone))
    return Roster(tuple(unit_rows), tuple(people))


def apply(connection: Connection, roster: Roster, since: str) -> Summary:
    """Bring the stored roster to what the files say, from the month `since` (YYYYMM) on.

    The roster must have been judged against what is stored. A unit or a post seen for the
    first time holds from before the first month. A changed unit gets a term from `since`, or
    has the term that begins then replaced; terms that begin later stand. Names, roles and
    languages of people are not dated. Applying the same again changes nothing.
    """
    before = _terms(connection)
    ids = _unit_ids(connection, [row.code for row in roster.units])
    units_added, units_changed = _apply_units(connection, roster.units, ids, before, since)
    stored = {(post.phone, post.unit_id): post for post in connection.execute(select(posts))}
    people, contradictions = _without_moved(connection, roster.people, ids)
    people_added, people_changed = _apply_people(connection, people, ids, stored, since)
    moved = _rerouted(before, _terms(connection), since) if units_changed else {}
    return Summary(
        units_added=units_added,
        units_changed=units_changed,
        units_unchanged=len(roster.units) - units_added - units_changed,
        units_absent=len(ids) - len(roster.units),
        people_added=people_added,
        people_changed=people_changed,
        people_unchanged=len(people) - people_added - people_changed,
        people_absent=len(stored) + people_added - len(people),
        warnings=contradictions,
        rerouted=tuple(sorted(moved)),
        left=tuple(sorted({unit for units in moved.values() for unit in units})),
        staffed=_staffed(people, ids, stored, since, _in_force(before, since)),
    )


def _without_moved(
    connection: Connection, rows: Sequence[PersonRow], ids: Mapping[str, int]
) -> tuple[list[PersonRow], tuple[str, ...]]:
    """Return the people as the files say without the numbers that were moved by SMS since.

    Also return a warning for each of those: they are not applied, since the file is older than
    the change that the new phone accepted.
    """
    moved = number_changes.accepted(connection)
    kept: list[PersonRow] = []
    told: list[str] = []
    for row in rows:
        now, agreed_at = moved.get((row.phone, ids[row.org_unit]), ("", None))
        if agreed_at is None or not row.active:
            kept.append(row)
        else:
            told.append(
                f"{row.place}: {mask(row.phone)} at {row.org_unit} became {mask(now)} by SMS on "
                f"{agreed_at:%Y-%m-%d}; left as it is"
            )
    return kept, tuple(told)


def _terms(connection: Connection) -> list[Row[Any]]:
    """Return every term of every unit, earlier ones first."""
    return [*connection.execute(select(org_unit_terms).order_by(org_unit_terms.c.since))]


def _in_force(terms: Iterable[Row[Any]], month: str) -> dict[int, Row[Any]]:
    return {term.unit_id: term for term in terms if term.since <= month}


def _unit_ids(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """Return the id of every stored unit by its code; units with new codes are made first."""
    query = select(org_units.c.code, org_units.c.id)
    known = {row.code: row.id for row in connection.execute(query)}
    new = [{"code": code} for code in codes if code not in known]
    if not new:
        return known
    connection.execute(insert(org_units), new)
    return {row.code: row.id for row in connection.execute(query)}


def _apply_units(
    connection: Connection,
    rows: Sequence[UnitRow],
    ids: Mapping[str, int],
    before: Sequence[Row[Any]],
    since: str,
) -> tuple[int, int]:
    """Write the terms that are needed; return how many units are new, and changed."""
    current = _in_force(before, since)
    new: list[Values] = []
    dated: list[Values] = []
    replaced: list[Values] = []
    for row in rows:
        unit_id = ids[row.code]
        wanted = _term(row, ids)
        term = current.get(unit_id)
        if term is None:
            new.append({"unit_id": unit_id, "since": ALWAYS, **wanted})
        elif any(getattr(term, name) != value for name, value in wanted.items()):
            if term.since == since:
                replaced.append({"key": term.id, **wanted})
            else:
                dated.append({"unit_id": unit_id, "since": since, **wanted})
    _insert(connection, org_unit_terms, [*new, *dated])
    _update(connection, org_unit_terms, replaced)
    return len(new), len(dated) + len(replaced)


def _term(row: UnitRow, ids: Mapping[str, int]) -> Values:
    return {
        "name": row.name,
        "level": row.level,
        "parent_id": None if row.parent is None else ids[row.parent],
        "dhis2_id": row.dhis2_id,
        "population": row.population,
    }


def _apply_people(
    connection: Connection,
    rows: Sequence[PersonRow],
    ids: Mapping[str, int],
    stored: Mapping[tuple[str, int], Row[Any]],
    since: str,
) -> tuple[int, int]:
    """Write the posts that are needed; return how many are new, and changed."""
    new: list[Values] = []
    changed: list[Values] = []
    for row in rows:
        unit_id = ids[row.org_unit]
        post = stored.get((row.phone, unit_id))
        wanted = {"name": row.name, "role": row.role, "language": row.language}
        wanted |= _duration(row, post, since)
        if post is None:
            new.append({"phone": row.phone, "unit_id": unit_id, **wanted})
        elif any(getattr(post, name) != value for name, value in wanted.items()):
            changed.append({"key": post.id, **wanted})
    _insert(connection, posts, new)
    _update(connection, posts, changed)
    return len(new), len(changed)


def _staffed(
    rows: Sequence[PersonRow],
    ids: Mapping[str, int],
    stored: Mapping[tuple[str, int], Row[Any]],
    since: str,
    known: Collection[int],
) -> tuple[int, ...]:
    """Return those of the known units where an agent comes or leaves from the month on."""
    changed = set()
    for row in rows:
        unit_id = ids[row.org_unit]
        post = stored.get((row.phone, unit_id))
        worked = post is not None and post.role == Role.AGENT and _works(post, since)
        if unit_id in known and worked != (row.active and row.role == Role.AGENT):
            changed.add(unit_id)
    return tuple(sorted(changed))


def _duration(row: PersonRow, post: Row[Any] | None, since: str) -> Values:
    """Return from when and until when a person works at a place, given what `active` says now.

    A person first heard of as having left has never worked there as far as reports go, so that
    no month waits for their report.
    """
    if post is None:
        return {"since": ALWAYS, "until": None if row.active else ALWAYS}
    if row.active == _works(post, since):
        return {"since": post.since, "until": post.until}
    if row.active:
        return {"since": min(post.since, since), "until": None}
    return {"since": post.since, "until": since}


def _works(post: Row[Any], month: str) -> bool:
    return bool(post.since <= month and (post.until is None or month < post.until))


def _insert(connection: Connection, table: Table, rows: list[Values]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _update(connection: Connection, table: Table, rows: list[Values]) -> None:
    """Set each row's values where the id is its `key`."""
    if rows:
        connection.execute(update(table).where(table.c.id == bindparam("key")), rows)


def _rerouted(
    before: Sequence[Row[Any]], after: Sequence[Row[Any]], since: str
) -> dict[int, set[int]]:
    """Return the sites whose receiver changes, with the units that received their numbers before.

    Compared are the months from `since` on in which a term begins.
    """
    months = {since} | {term.since for term in after if term.since > since}
    moved: dict[int, set[int]] = {}
    for month in months:
        now = _receivers(_in_force(after, month))
        for site, was in _receivers(_in_force(before, month)).items():
            if now.get(site) != was:
                moved.setdefault(site, set()).update(() if was is None else (was[0],))
    return moved


def _receivers(tree: Mapping[int, Row[Any]]) -> dict[int, Receiver | None]:
    """Return, for each site, the nearest unit upward, itself included, with a dhis2_id."""
    found: dict[int, Receiver | None] = {}
    for unit_id, term in tree.items():
        if term.level == UnitLevel.SITE:
            walk = upward(term, lambda step: tree.get(step.parent_id))
            receiver = next((step for step in walk if step.dhis2_id is not None), None)
            found[unit_id] = receiver and (receiver.unit_id, receiver.dhis2_id)
    return found
