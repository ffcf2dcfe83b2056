"""What a reminder says, found at the moment of sending.

An agent is told what she still owes; the head of a centre which site owes what; a district how
many sites of each centre. With nothing missing any more there are no words, and no SMS.
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
    """The words for this person now; None when there is nothing to remind of."""
    kind, period = str(subject["kind"]), Period.parse(str(subject["period"]))
    if kind == ReminderAudience.AGENT:
        return missing_reports.reminder(connection, context, phone, subject, now)
    month = now.astimezone(context.timezone).strftime("%Y%m")
    role = Role.DTC if kind == ReminderAudience.SUPERVISOR else Role.DISTRICT
    known = roster.posts_of(connection, [phone], month).get(phone, [])
    posts = [post for post in known if post.role == role]
    if not posts:
        return None
    tell = _to_the_head if kind == ReminderAudience.SUPERVISOR else _to_the_district
    return tell(connection, context, posts, period)


def _to_the_head(
    connection: Connection, context: Context, posts: Sequence[Post], period: Period
) -> str | None:
    """Which site of hers owes what."""
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


def _to_the_district(
    connection: Connection, context: Context, posts: Sequence[Post], period: Period
) -> str | None:
    """How many sites of each centre are not complete, those with the most first."""
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
    """The sites of an area from which a report of the month is expected."""
    sites = [unit for unit in area if unit.level == UnitLevel.SITE]
    active = roster.active_sites(connection, [site.id for site in sites], period.code)
    return [site for site in sites if site.id in active]


def _first_page(context: Context, language: str, items: Sequence[str], end: str) -> str:
    """All of it in two parts, or as much as they hold and the word that gives the rest."""

    def mark(_page: int, _pages: int) -> str:
        return say(context.catalogue, language, "reminder_more")

    return pages([*listed(items), end], mark)[0]
