"""Describe the caller of a dialogue: places, open months and commands, an unfinished report."""

from collections.abc import Sequence
from datetime import datetime

from gateway.commands import registry
from gateway.context import Context
from gateway.storage import org_tree, reports
from gateway.storage.engine import Connection
from gateway.storage.roster import Post
from menus.model.roles import SUPERVISORS, Role
from menus.rules.calendar import open_months
from menus.ussd.group_state import groups_done, groups_of
from menus.ussd.state import Caller, CallerPlace, Offer


def caller_of(
    connection: Connection, context: Context, posts: Sequence[Post], network: str, now: datetime
) -> Caller:
    """Return the caller with these posts, of which there is at least one."""
    places = places_of(posts)
    today = context.today(now)
    months = tuple(month.code for month in open_months(today, context.catalogue.programme))
    above = [post.unit_id for post in posts if post.role != Role.AGENT]
    sites: tuple[tuple[str, str], ...] = ()
    if above:
        found = org_tree.sites_below(connection, above, context.month(now))
        sites = tuple((site.code, site.name) for site in found)
    return Caller(
        language=posts[0].language,
        places=places,
        months=months,
        offered=_offered(context, {place.role for place in places}),
        sites=sites,
        offer=_offer(connection, context, places, months),
        room=context.catalogue.programme.ussd.room(network),
    )


def places_of(posts: Sequence[Post]) -> tuple[CallerPlace, ...]:
    """Return the places of a caller: each site of an agent; all posts of a supervisor as one.

    A person who supervises at two levels gets the menu of the first role in SUPERVISORS.
    """
    own = [
        CallerPlace(post.unit_id, post.unit_name, post.role)
        for post in posts
        if post.role == Role.AGENT
    ]
    for role in SUPERVISORS:
        above = [post for post in posts if post.role == role]
        if above:
            return (*own, CallerPlace(0, above[0].unit_name, role))
    return tuple(own)


def posts_at(posts: Sequence[Post], place: CallerPlace) -> list[Post]:
    """Return the posts that a place of the caller stands for."""
    if place.unit:
        return [post for post in posts if post.unit_id == place.unit and post.role == Role.AGENT]
    return [post for post in posts if post.role != Role.AGENT]


def _offered(context: Context, roles: set[str]) -> tuple[str, ...]:
    """Return the commands of the menus of these roles that have a handler."""
    menus = [context.catalogue.ussd.menu_of(role) for role in sorted(roles)]
    wanted = {item.command for menu in menus for item in menu.items}
    return tuple(sorted(wanted & registry.HANDLERS.keys()))


def _offer(
    connection: Connection, context: Context, places: Sequence[CallerPlace], months: Sequence[str]
) -> Offer | None:
    """Return the report that was begun last at the caller's sites and is not finished, if any."""
    at = {place.unit: number for number, place in enumerate(places) if place.unit}
    if not at:
        return None
    for report in reports.unfinished(connection, list(at), months):
        groups = len(groups_of(context.catalogue, report.form))
        done = groups_done(context.catalogue, report.form, report.values)
        if done < groups:
            return Offer(at[report.site_id], report.form, report.period, done, groups)
    return None
