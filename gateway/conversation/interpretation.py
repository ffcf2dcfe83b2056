"""What one message means for the reports of the person who sent it. Pure, given the roster.

Reading tells what was typed; here it is decided at which site, for which month, and whether
its sender may say it.
"""

from collections.abc import Sequence
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
    """Return what a message means, said by a sender who is `known` (without posts: a stranger)."""
    if not known.posts:
        return Understood(message, None)
    command = context.catalogue.commands.get(reading.command)
    plain = Understood(
        message,
        _speaks_as(reading, command, known),
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
    if command is not None and command.one_site and not plain.is_supervised:
        where = _site(reading, known)
        if isinstance(where, Problem):
            return replace(plain, command="", problems=(where,))
    return replace(plain, site=own_site(known), fillings=reading.filled)


def asks_from_above(reading: Reading, known: Known, catalogue: Catalogue) -> bool:
    """Return whether this may be a supervisor's word about a site, not an agent's about an own."""
    command = catalogue.commands.get(reading.command)
    if command is None or command.keyword in (COR, RAS):
        return False
    if all(post.role == Role.AGENT for post in known.posts):
        return False
    return any(role != Role.AGENT for role in command.roles)


def _fills_report(command: Command | None) -> bool:
    return command is None or command.report is ReportUse.FILLS


def _speaks_as(reading: Reading, command: Command | None, known: Known) -> Post:
    """The post at which this is said: one that may, and that it is most likely about."""
    if command is not None and command.continues is not Continues.NOTHING and known.talk:
        talking = known.talk.post_id
        at = (post for post in (*known.posts, *known.twins) if post.id == talking)
        return next(at, known.posts[0])
    fitting = [post for post in known.posts if command is None or post.role in command.roles]
    above = command is not None and (command.for_area or _lists_products(reading))
    order = [post for post in fitting if (post.role != Role.AGENT) is above]
    if not above and known.chosen in order:
        return known.own[0]
    return (order or fitting or [*known.posts])[0]


def _lists_products(reading: Reading) -> bool:
    """Whether products are asked about and none was named: that is a supervisor's question."""
    return isinstance(reading.arguments, Products) and not reading.arguments.names_product


def _refused(command: Command | None, posts: Sequence[Post]) -> Problem | None:
    """Why none of the sender's roles may say this; None when one may."""
    if command is None or any(post.role in command.roles for post in posts):
        return None
    return Problem("not_for_you", Level.REFUSE, values={"command": command.keyword})


def _report(plain: Understood, reading: Reading, known: Known, context: Context) -> Understood:
    """A message with numbers: at which site they were counted, and in which month."""
    if not reading.filled and not reading.problems and not reading.command:
        return plain
    where = _site(reading, known)
    if isinstance(where, Problem):
        told = (where,) if reading.filled or reading.command else reading.problems
        return replace(plain, problems=told)
    if reading.within and reading.within != COR:
        return replace(plain, site=where, command=reading.within)
    sent_on = context.today(plain.message.sent_at)
    month = _month(plain, reading, known, context.catalogue, sent_on)
    if isinstance(month, Problem):
        told = (month, *reading.problems) if reading.filled else reading.problems
        return replace(plain, site=where, problems=told)
    return replace(plain, site=where, period=month, fillings=reading.filled)


def _site(reading: Reading, known: Known) -> Site | Problem:
    """Whose numbers these are: the site named by a supervisor, else the sender's own."""
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
    """The month meant. A supervisor may go further back than an agent.

    Without a month, an answer goes where the last message went: codes alone or a correction
    at any time, part of a named form when no month may be assumed.
    """
    programme = catalogue.programme
    if reading.command == POUR:
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    month = which_month(reading.month, sent_on, programme)
    if reading.month is not None or known.talk is None:
        return month
    if plain.message.sent_at - known.talk.asked_at > QUESTION_LIFETIME:
        return month
    alone = reading.correction or not reading.forms_named
    if alone or (isinstance(month, Problem) and _is_part(reading, catalogue)):
        return _touched(reading, known.talk) or month
    return month


def _is_part(reading: Reading, catalogue: Catalogue) -> bool:
    """Whether this is less than any whole form."""
    return not any(
        set(catalogue.forms[filled.form].required) <= filled.values.keys()
        for filled in reading.filled
    )


def _touched(reading: Reading, talk: Conversation) -> Period | None:
    """The month in which the last message touched these forms, if there is one."""
    touched = {form: month for _, form, month in talk.touched}
    forms = {filled.form for filled in reading.filled} or set(reading.forms_named)
    months = {touched[form] for form in forms if form in touched}
    return Period.parse(months.pop()) if len(months) == 1 else None


def place_of(reading: Reading) -> Place:
    """Return the place that a message names; no words when it names none."""
    return reading.arguments if isinstance(reading.arguments, Place) else Place()


def own_site(known: Known) -> Site | None:
    """The one site at which the sender speaks as the agent, if there is one."""
    own = known.own
    return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name) if len(own) == 1 else None
