"""Guess the reports that a message will touch, before it is understood. Pure."""

from gateway.context import Context
from gateway.conversation.interpretation import place_of
from gateway.conversation.message import Known
from gateway.model.report import Key
from gateway.roster.site_names import named
from gateway.storage.inbox import Message
from menus.model.command import POUR, Continues
from menus.model.period import Period
from menus.model.reading import Reading
from menus.rules.calendar import which_month


def likely_reports(message: Message, reading: Reading, known: Known, context: Context) -> set[Key]:
    """Return the reports of the sites and the month that a message seems to be about.

    A hint for looking up many at once: what it misses is looked up when it is asked for.
    """
    command = context.catalogue.commands.get(reading.command)
    if command is not None and command.continues is Continues.QUESTION:
        return {asked.key for asked in known.conversation.asked} if known.conversation else set()
    forms = {filled.form for filled in reading.filled} or {*reading.forms_named}
    return {
        (site_id, form, month)
        for site_id in _sites(reading, known)
        for form in forms
        for month in _months(message, reading, known, context)
    }


def _sites(reading: Reading, known: Known) -> set[int]:
    if reading.command == POUR:
        return {site.id for site in named(known.area, place_of(reading).words)}
    return {post.unit_id for post in known.own}


def _months(message: Message, reading: Reading, known: Known, context: Context) -> set[str]:
    month = which_month(reading.month, context.today(message.sent_at), context.catalogue.programme)
    if isinstance(month, Period) and reading.month is not None:
        return {month.code}
    touched = {key[2] for key in known.conversation.touched} if known.conversation else set()
    return touched or ({month.code} if isinstance(month, Period) else set())
