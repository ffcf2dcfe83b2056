"""What a keyword does that is no report: one function for each, found in one table."""

from typing import Final

from gateway.commands.common import Answer, language_of, month_asked
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled, remember
from gateway.reports.filing import Said, file_said
from gateway.reports.unit_of_work import UnitOfWork, fetch
from gateway.storage import people
from menus.model.catalogue import LANGUAGES
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.wording import help as help_texts
from menus.wording import replies as wording

MOST_DIGITS: Final = 5  # of a number said back; more may be a telephone number


def zero(uow: UnitOfWork, understood: Understood) -> Answer:
    """RAS: nothing to report, so all of the form's numbers are zero, once she says OUI."""
    forms = [uow.context.catalogue.forms[one] for one in understood.forms_named]
    countable = [form for form in forms if not any(field.product for field in form.fields)]
    if not forms or understood.post is None or understood.site is None:
        return Settled(problems=(Problem("ras_which", Level.ASK),))
    if len(countable) < len(forms):
        return Settled(problems=(Problem("ras_stock", Level.REFUSE),))
    month = month_asked(uow, understood)
    if isinstance(month, Problem):
        return Settled(problems=(month,))
    keys = [(understood.site.id, form.keyword, month.code) for form in countable]
    fetch(uow, set(keys), {understood.message.text_hash})
    replies = []
    for form, key in zip(countable, keys, strict=True):
        filled = Filled(form.keyword, dict.fromkeys(form.required, 0))
        said = Said(understood.message, understood.post, key, filled, held=form.required)
        problem = Problem("ras", Level.CONFIRM, (), {"form": form.keyword})
        replies.append(file_said(uow, said, also=(problem,)))
    remember(uow, understood, replies)
    return Settled(tuple(replies))


def help_on(uow: UnitOfWork, understood: Understood) -> Answer:
    """AIDE, AIDE PEC, AIDE ATP."""
    topic = understood.arguments[0] if understood.arguments else None
    role = understood.post.role if understood.post else ""
    return help_texts.help_text(uow.context.catalogue, language_of(understood), role, topic)


def set_language(uow: UnitOfWork, understood: Understood) -> Answer:
    """LANGUE FR, LANGUE BM: the language of all further answers, this one included."""
    wanted = understood.arguments[0].lower() if understood.arguments else ""
    if wanted not in LANGUAGES or understood.post is None:
        return Settled(problems=(Problem("language_which", Level.ASK),))
    people.set_language(uow.connection, understood.post.phone, wanted)
    return wording.say(uow.context.catalogue, wanted, "language_set")


def later(uow: UnitOfWork, understood: Understood) -> Answer:
    """A command whose work comes later: understood, and nothing is stored.

    Codes and numbers are said back; any other word may be somebody's name.
    """
    known = uow.context.catalogue.code_of
    told = [
        word
        for word in understood.arguments
        if word in known or len(word) == 1 or (word.isdigit() and len(word) <= MOST_DIGITS)
    ]
    values = {"command": " ".join([understood.command, *told])}
    return Settled(problems=(Problem("not_yet", Level.ASK, values=values),))
