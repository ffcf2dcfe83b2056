"""The forms of a month that sites still owe, and the reminder of them.

A reminder is composed at the moment of sending: whatever has come in since is left out, and
when nothing is missing any more, nothing is sent.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gateway.context import Context
from gateway.storage import roster, supervision
from gateway.storage.engine import Connection
from gateway.storage.roster import Post, Unit
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.model.roles import Role
from menus.rules.calendar import month_name
from menus.wording.sentences import listed, say

TOPIC: Final = "missing"  # of a notice whose subject holds `period`, YYYYMM


def missing_forms(
    connection: Connection, context: Context, site_ids: Collection[int], period: str
) -> dict[int, list[str]]:
    """Return the forms of the month (YYYYMM) that are not complete, by site.

    The forms stand in the catalogue's order. A site that owes nothing is left out; whether an
    agent works there plays no part.
    """
    forms = context.catalogue.forms
    done = supervision.complete_forms(connection, site_ids, tuple(forms), period)
    found = {site: [form for form in forms if form not in done.get(site, ())] for site in site_ids}
    return {site: lacking for site, lacking in found.items() if lacking}


def owing_by_facility(
    facilities: Iterable[tuple[str, Sequence[Unit]]], lacking: Mapping[int, object]
) -> list[tuple[str, int, int]]:
    """Return (name, sites that owe a form, sites) of each facility that has any owing.

    `facilities` gives the name and the sites of each, `lacking` holds the ids of the sites
    that owe. The facility with the most owing comes first, then by name.
    """
    counted = [
        (name, sum(site.id in lacking for site in sites), len(sites)) for name, sites in facilities
    ]
    return sorted(
        (counts for counts in counted if counts[1]), key=lambda counts: (-counts[1], counts[0])
    )


def told(catalogue: Catalogue, language: str, forms: Sequence[str]) -> str:
    """Return the missing forms in a few words: their keywords, or that nothing came at all."""
    if len(forms) == len(catalogue.forms):
        return say(catalogue, language, "missing_all")
    return " ".join(forms)


def reminder(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the text of a reminder to an agent, about all their sites; None when none is due.

    `subject` holds `period`, YYYYMM. It begins with `Rappel`, as every SMS that is no answer.
    """
    period = str(subject["period"])
    found = roster.posts_of(connection, [phone], context.month(now)).get(phone, [])
    posts = [post for post in found if post.role == Role.AGENT]
    lacking = missing_forms(connection, context, [post.unit_id for post in posts], period)
    owing = [post for post in posts if post.unit_id in lacking]
    return _text(context.catalogue, owing, lacking, Period.parse(period)) if owing else None


def _text(
    catalogue: Catalogue, owing: Sequence[Post], lacking: Mapping[int, list[str]], period: Period
) -> str:
    """Return the text; a single site is not named, of several each is."""
    language = owing[0].language
    month = month_name(period, language, catalogue.programme)
    if len(owing) == 1:
        forms = tuple(lacking[owing[0].unit_id])
        missing = listed(catalogue, language, forms, "and")
    else:
        missing = "; ".join(
            f"{post.unit_name} {told(catalogue, language, lacking[post.unit_id])}" for post in owing
        )
    return say(catalogue, language, "reminder", month=month, missing=missing)
