"""RAS, AIDE and LANGUE: file a report of zeros, give help, set the language of answers."""

from gateway.commands.common import month_asked
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer, remember
from gateway.reports.filing import Submission, file_submission
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import stockouts
from gateway.storage import roster
from menus.model.arguments import LanguageChoice, Topic
from menus.model.catalogue import LANGUAGES
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.wording import help as help_texts
from menus.wording import replies as wording


def zero(uow: UnitOfWork, understood: Understood) -> Answer:
    """RAS: hold zero for every number of the forms named, until an OUI."""
    forms = [uow.context.catalogue.forms[keyword] for keyword in understood.forms_named]
    countable = [form for form in forms if not any(field.product for field in form.fields)]
    if not forms or understood.post is None or understood.site is None:
        return Answer(problems=(Problem("ras_which", Level.ASK),))
    if len(countable) < len(forms):
        return Answer(problems=(Problem("ras_stock", Level.REFUSE),))
    month = month_asked(uow, understood)
    if isinstance(month, Problem):
        return Answer(problems=(month,))
    keys = [(understood.site.id, form.keyword, month.code) for form in countable]
    uow.prefetch(keys, [understood.message.text_hash])
    filed = []
    for form, key in zip(countable, keys, strict=True):
        filled = Filled(form.keyword, dict.fromkeys(form.required, 0))
        submission = Submission(
            understood.message, understood.post, key, filled, held=form.required
        )
        problem = Problem("ras", Level.CONFIRM, (), {"form": form.keyword})
        filed.append(file_submission(uow, submission, also=(problem,)))
    stockouts.note_changes(uow, filed)
    replies = tuple(filing.reply for filing in filed)
    remember(uow, understood, replies)
    return Answer(replies)


def help_on(uow: UnitOfWork, understood: Understood) -> str:
    """AIDE [form, code or keyword]: explain it, else what can be sent."""
    topic = understood.arguments_as(Topic).word or None
    role = understood.post.role if understood.post else ""
    return help_texts.help_text(uow.context.catalogue, understood.language, role, topic)


def set_language(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """LANGUE FR, LANGUE BM: set the language of all answers from this one on."""
    wanted = understood.arguments_as(LanguageChoice).language
    if wanted not in LANGUAGES or understood.post is None:
        return Answer(problems=(Problem("language_which", Level.ASK),))
    roster.set_language(uow.connection, understood.post.phone, wanted)
    return wording.say(uow.context.catalogue, wanted, "language_set")
