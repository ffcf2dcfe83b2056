"""The words of replies: what came of a message -> one SMS, fitted to as few parts as it can.

A reply is put together from sentences of the words files in a fixed order: the state, the
numbers that are stored, what is missing, what is wrong, what to send. Where it would need
another part, styles are tried from roomy to terse. Numbers and labels are never dropped or
cut; only sentences that ask for nothing are.
"""

from collections.abc import Callable, Sequence
from typing import Final

from menus.gsm7 import parts, to_gsm7
from menus.model.catalogue import Catalogue
from menus.model.problem import Problem
from menus.wording.composer import ReplyComposer, ReportReply, Style
from menus.wording.sentences import say

__all__ = ["ReportReply", "problem_reply", "report_reply", "say"]

_STYLES: Final = (
    Style(glued=False, tail=2, brief=False),
    Style(glued=False, tail=1, brief=False),
    Style(glued=True, tail=1, brief=False),
    Style(glued=True, tail=1, brief=True),
    Style(glued=True, tail=0, brief=False),
    Style(glued=True, tail=0, brief=True),
    Style(glued=True, tail=0, brief=True, coded=True),
)
# An answer of one part is no reason to tell less; staying within two is.
_LAST_RESORTS: Final = (
    Style(glued=True, tail=0, brief=True, told=2),
    Style(glued=True, tail=0, brief=True, told=1),
    Style(glued=True, tail=0, brief=True, told=1, last_resort=True),
    Style(glued=True, tail=0, brief=True, told=1, last_resort=True, bare=True),
    Style(glued=True, tail=0, brief=True, told=1, last_resort=True, bare=True, coded=True),
)


def report_reply(
    catalogue: Catalogue,
    language: str,
    replies: Sequence[ReportReply],
    *,
    problems: Sequence[Problem] = (),
    personal: bool = False,
    note: str = "",
    site: str = "",
    lead: str = "",
    closing: str = "",
) -> str:
    """The reply to an SMS that reached one report or several, in GSM-7.

    `problems` are those that belong to no form; `personal` adds the reminder that names and
    telephone numbers do not belong in an SMS. `note` is the key of a sentence to begin with,
    `site` the name of the site for which it was sent; `lead` and `closing` are words to begin and
    to end with. One part where any style fits one, else two. Only several large forms in one
    message may need more, since every number is read back.
    """
    composer = ReplyComposer(
        catalogue, language, tuple(replies), tuple(problems), personal, note, site, lead, closing
    )
    return _fitted(composer.text)


def problem_reply(
    catalogue: Catalogue,
    language: str,
    problems: Sequence[Problem],
    *,
    personal: bool = False,
) -> str:
    """The reply to an SMS of which nothing could be stored, in GSM-7 and at most two parts."""
    return report_reply(catalogue, language, (), problems=problems, personal=personal)


def _fitted(text_in: Callable[[Style], str]) -> str:
    """The roomiest text of one part, else of two, else the tersest."""
    texts: list[str] = []
    for style in _STYLES:
        texts.append(to_gsm7(text_in(style)))
        if len(parts(texts[-1])) == 1:
            return texts[-1]
    texts.extend(to_gsm7(text_in(style)) for style in _LAST_RESORTS)
    return next((text for text in texts if len(parts(text)) == 2), texts[-1])
