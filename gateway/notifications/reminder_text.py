"""The texts of reminders, composed at the moment of sending.

An agent is told what is still owed; a DTC which site owes what; a district how many sites of
each facility owe something. With nothing missing any more there is no text, and no SMS.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.context import Context
from gateway.model.unit_levels import UnitLevel
from gateway.notifications import missing_reports
from gateway.storage import org_tree, roster
from gateway.storage.engine import Connection
from gateway.storage.roster import Post, Unit
from menus.model.period import Period
from menus.model.roles import Role
from menus.rules.calendar import month_name
from menus.rules.reminder_days import ReminderAudience
from menus.wording.paging import listed, pages
from menus.wording.sentences import say


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the text for this person now; None when there is nothing to remind of."""
    kind, period = str(subject["kind"]), Period.parse(str(subject["period"]))
    if kind == ReminderAudience.AGENT:
        return missing_reports.reminder(connection, context, phone, subject, now)
    role = Role.DTC if kind == ReminderAudience.SUPERVISOR else Role.DISTRICT
    known = roster.posts_of(connection, [phone], context.month(now)).get(phone, [])
    posts = [post for post in known if post.role == role]
    if not posts:
        return None
    tell = _to_supervisor if kind == ReminderAudience.SUPERVISOR else _to_district
    return tell(connection, context, posts, period)


def _to_supervisor(
    connection: Connection, context: Context, posts: Sequence[Post], period: Period
) -> str | None:
    """Return the sites of a DTC that owe forms, with the forms."""
    sites = _sites(connection, {post.unit_id for post in posts}, period)
    owing = missing_reports.missing_forms(
        connection, context, [site.id for site in sites], period.code
    )
    if not owing:
        return None
    catalogue, language = context.catalogue, posts[0].language
    month = month_name(period, language, catalogue.programme)
    items = [
        f"{site.name} {missing_reports.told(catalogue, language, owing[site.id])}"
        for site in sites
        if site.id in owing
    ]
    head = say(catalogue, language, "reminder_supervisor", month=month)
    end = say(catalogue, language, "reminder_supervisor_end")
    return _first_page(context, language, [f"{head} {items[0]}", *items[1:]], end)


def _to_district(
    connection: Connection, context: Context, posts: Sequence[Post], period: Period
) -> str | None:
    """Return how many sites of each facility are not complete, those with the most first."""
    area = org_tree.units_below(connection, {post.unit_id for post in posts}, period.code)
    sites = _active(connection, area, period)
    owing = missing_reports.missing_forms(
        connection, context, [site.id for site in sites], period.code
    )
    if not owing:
        return None
    catalogue, language = context.catalogue, posts[0].language
    head = say(
        catalogue,
        language,
        "reminder_district",
        month=month_name(period, language, catalogue.programme),
        complete=len(sites) - len(owing),
        sites=len(sites),
    )
    items = [
        say(catalogue, language, "reminder_facility", facility=name, missing=late, sites=of)
        for name, late, of in missing_reports.owing_by_facility(_facilities(area, sites), owing)
    ]
    end = say(catalogue, language, "reminder_district_end")
    return _first_page(context, language, [f"{head} {items[0]}", *items[1:]], end)


def _facilities(area: Sequence[Unit], sites: Sequence[Unit]) -> list[tuple[str, list[Unit]]]:
    """Return the name of each unit right above sites, with those sites."""
    names = {unit.id: unit.name for unit in area}
    below: dict[int | None, list[Unit]] = {}
    for site in sites:
        below.setdefault(site.parent_id, []).append(site)
    return [(names.get(parent or 0, ""), found) for parent, found in below.items()]


def _sites(connection: Connection, units: Collection[int], period: Period) -> list[Unit]:
    return _active(connection, org_tree.sites_below(connection, units, period.code), period)


def _active(connection: Connection, area: Sequence[Unit], period: Period) -> list[Unit]:
    """Return the sites of an area from which a report of the month is expected."""
    sites = [unit for unit in area if unit.level == UnitLevel.SITE]
    active = roster.active_sites(connection, [site.id for site in sites], period.code)
    return [site for site in sites if site.id in active]


def _first_page(context: Context, language: str, items: Sequence[str], end: str) -> str:
    """Return all of it in two SMS parts, or what fits and the keyword that gives the rest."""

    def mark(_page: int, _pages: int) -> str:
        return say(context.catalogue, language, "reminder_more")

    return pages([*listed(items), end], mark)[0]
