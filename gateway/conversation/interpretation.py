"""Decide what a message means: its site, its month, and whether its sender may send it.

Pure, given the roster. `menus.reading` has told what was typed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from gateway.context import Context
from gateway.conversation.message import Known, Site, Understood
from gateway.roster.site_names import named, told_apart
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from menus.model.arguments import Place, Products
from menus.model.catalogue import Catalogue
from menus.model.command import COR, POUR, RAS, Command, Continues, ReportUse
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Reading
from menus.model.roles import Role
from menus.rules.calendar import which_month


def understand(message: Message, reading: Reading, known: Known, context: Context) -> Understood:
    """Return what a message means. A sender without posts is a stranger and means nothing."""
    if not known.posts:
        return Understood(message, None)
    command = context.catalogue.commands.get(reading.command)
    plain = Understood(
        message,
        _post_of(reading, command, known),
        command=reading.command,
        arguments=reading.arguments,
        forms_named=reading.forms_named,
        month=reading.month,
        correction=reading.correction,
        problems=reading.problems,
        personal=reading.personal,
        posts=tuple(known.posts),
    )
    refused = _refused(command, known.posts)
    if refused is not None:
        return replace(plain, command="", problems=(refused,))
    if _fills_report(command):
        return _report(plain, reading, known, context)
    if command is not None and command.one_site and not plain.by_supervisor:
        where = _site(reading, known)
        if isinstance(where, Problem):
            return replace(plain, command="", problems=(where,))
    return replace(plain, site=own_site(known), fillings=reading.filled)


def may_be_from_supervisor(reading: Reading, known: Known, catalogue: Catalogue) -> bool:
    """Return whether this may be a supervisor's message about the area, not an agent's report."""
    command = catalogue.commands.get(reading.command)
    if command is None or command.keyword in (COR, RAS):
        return False
    if all(post.role == Role.AGENT for post in known.posts):
        return False
    return any(role != Role.AGENT for role in command.roles)


def _fills_report(command: Command | None) -> bool:
    return command is None or command.report is ReportUse.FILLS


def _post_of(reading: Reading, command: Command | None, known: Known) -> Post:
    """Return the post at which this is said: one that may, and that it is most likely about."""
    if command is not None and command.continues is not Continues.NOTHING and known.conversation:
        post_id = known.conversation.post_id
        at = (post for post in (*known.posts, *known.twins) if post.id == post_id)
        return next(at, known.posts[0])
    fitting = [post for post in known.posts if command is None or post.role in command.roles]
    for_area = command is not None and (command.for_area or _lists_products(reading))
    order = [post for post in fitting if (post.role != Role.AGENT) is for_area]
    if not for_area and known.chosen in order:
        return known.own[0]
    return (order or fitting or [*known.posts])[0]


def _lists_products(reading: Reading) -> bool:
    """Return whether products are asked about and none is named, as only supervisors do."""
    return isinstance(reading.arguments, Products) and not reading.arguments.names_product


def _refused(command: Command | None, posts: Sequence[Post]) -> Problem | None:
    """Return the problem that none of the sender's roles may use the keyword; None when one may."""
    if command is None or any(post.role in command.roles for post in posts):
        return None
    return Problem("not_for_you", Level.REFUSE, values={"command": command.keyword})


def _report(plain: Understood, reading: Reading, known: Known, context: Context) -> Understood:
    """Return the meaning of a message with numbers: the site and the month of its report."""
    if not reading.filled and not reading.problems and not reading.command:
        return plain
    where = _site(reading, known)
    if isinstance(where, Problem):
        problems = (where,) if reading.filled or reading.command else reading.problems
        return replace(plain, problems=problems)
    if reading.within and reading.within != COR:
        return replace(plain, site=where, command=reading.within)
    sent_on = context.today(plain.message.sent_at)
    month = _month(plain, reading, known, context.catalogue, sent_on)
    problems = (*reading.problems, *_stray_number(reading, month))
    if isinstance(month, Problem):
        return replace(
            plain, site=where, problems=(month, *problems) if reading.filled else problems
        )
    return replace(plain, site=where, period=month, fillings=reading.filled, problems=problems)


def _stray_number(reading: Reading, month: Period | Problem) -> Iterator[Problem]:
    """Yield the question about a stray number that is not the month meant anyway."""
    number = reading.stray_number
    if number is not None and (isinstance(month, Problem) or number != month.month):
        yield Problem("number_without_code", Level.ASK, values={"number": number})


def _site(reading: Reading, known: Known) -> Site | Problem:
    """Return the site of the numbers: the one that a supervisor names, else the sender's own."""
    if reading.command == POUR:
        found = named(known.area, place_of(reading).words)
        if len(found) == 1:
            return Site(found[0].id, found[0].code, found[0].name)
        if found:
            return Problem("site_several", Level.ASK, values={"sites": told_apart(found)})
        return Problem("site_unknown", Level.ASK)
    own = known.own
    if len(own) == 1:
        return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name)
    if not own:
        return Problem("site_needed", Level.ASK)
    names = ", ".join(post.unit_name for post in own)
    return Problem("site_unclear", Level.ASK, values={"sites": names})


def _month(
    plain: Understood, reading: Reading, known: Known, catalogue: Catalogue, sent_on: date
) -> Period | Problem:
    """Return the month meant. A supervisor may go further back than an agent.

    Without a month, an answer is for the month of the last message: codes alone or a correction
    at any time, part of a named form when no month may be assumed. Else the month is assumed,
    unless a stray number may be another.
    """
    programme = catalogue.programme
    if reading.command == POUR:
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    month = which_month(reading.month, sent_on, programme)
    if reading.month is not None:
        return month
    if known.conversation is not None and _is_lately(plain.message, known.conversation):
        alone = reading.correction or not reading.forms_named
        if alone or (isinstance(month, Problem) and _is_part(reading, catalogue)):
            touched = _touched(reading, known.conversation)
            if touched is not None:
                return touched
    if isinstance(month, Period) and reading.stray_number not in (None, month.month):
        return Problem("month_unclear", Level.ASK)
    return month


def _is_lately(message: Message, conversation: Conversation) -> bool:
    """Return whether a message was sent while the last answer's question and month hold."""
    return message.sent_at - conversation.asked_at <= QUESTION_LIFETIME


def _is_part(reading: Reading, catalogue: Catalogue) -> bool:
    """Return whether this is less than any whole form."""
    return not any(
        set(catalogue.forms[filled.form].required) <= filled.values.keys()
        for filled in reading.filled
    )


def _touched(reading: Reading, conversation: Conversation) -> Period | None:
    """Return the one month in which the last message touched these forms, if there is one."""
    touched = {form: month for _, form, month in conversation.touched}
    forms = {filled.form for filled in reading.filled} or set(reading.forms_named)
    months = {touched[form] for form in forms if form in touched}
    return Period.parse(months.pop()) if len(months) == 1 else None


def place_of(reading: Reading) -> Place:
    """Return the place that a message names; no words when it names none."""
    return reading.arguments if isinstance(reading.arguments, Place) else Place()


def own_site(known: Known) -> Site | None:
    """Return the site at which the sender is the agent; None without any, or with several."""
    own = known.own
    return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name) if len(own) == 1 else None
