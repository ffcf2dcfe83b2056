"""Who dials: her places, the months and commands that are open to her, what she left unfinished."""

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

# Which role's menu a person gets who supervises at two levels.


def caller_of(
    connection: Connection, context: Context, posts: Sequence[Post], network: str, now: datetime
) -> Caller:
    """The caller with these posts, as the dialogue needs to know her; at least one post."""
    places = places_of(posts)
    today = now.astimezone(context.timezone).date()
    months = tuple(one.code for one in open_months(today, context.catalogue.programme))
    above = [post.unit_id for post in posts if post.role != Role.AGENT]
    sites: tuple[tuple[str, str], ...] = ()
    if above:
        found = org_tree.sites_below(connection, above, today.strftime("%Y%m"))
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
    """Each site of an agent is a place; a supervisor speaks for all her posts at once."""
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
    """The posts that she speaks from at one of her places."""
    if place.unit:
        return [post for post in posts if post.unit_id == place.unit and post.role == Role.AGENT]
    return [post for post in posts if post.role != Role.AGENT]


def _offered(context: Context, roles: set[str]) -> tuple[str, ...]:
    """The commands of the menus of these roles that somebody has built."""
    menus = [context.catalogue.ussd.menu_of(role) for role in sorted(roles)]
    wanted = {item.command for menu in menus for item in menu.items}
    return tuple(sorted(wanted & registry.HANDLERS.keys()))


def _offer(
    connection: Connection, context: Context, places: Sequence[CallerPlace], months: Sequence[str]
) -> Offer | None:
    """The report that she, or whoever works at her site, began last and did not finish."""
    at = {place.unit: number for number, place in enumerate(places) if place.unit}
    if not at:
        return None
    for report in reports.unfinished(connection, list(at), months):
        groups = len(groups_of(context.catalogue, report.form))
        done = groups_done(context.catalogue, report.form, report.values)
        if done < groups:
            return Offer(at[report.site_id], report.form, report.period, done, groups)
    return None
