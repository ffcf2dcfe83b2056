"""Compose the reply to a message as one SMS, in as few parts as possible.

A reply consists of sentences of the words files in a fixed order: the state, the stored numbers,
the missing codes, the problems, what to send. Where it would need another part, styles are tried
from the longest to the shortest. Numbers and labels are never dropped or cut; only sentences that
ask for nothing are dropped.
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
# These say less, which staying within two parts justifies and staying within one does not.
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
    """Return the reply to an SMS about one or several reports, in GSM-7.

    `problems` are those that belong to no form; `personal` adds the reminder that names and
    telephone numbers do not belong in an SMS. `note` is the key of a sentence to begin with,
    `site` the name of the site for which it was sent; `lead` and `closing` are words to begin and
    to end with. The reply has one part where any style fits, else two. Only several large forms
    in one message may need more, since every number is read back.
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
    """Return the reply to an SMS without storable content, in GSM-7 and at most two parts."""
    return report_reply(catalogue, language, (), problems=problems, personal=personal)


def _fitted(text_in: Callable[[Style], str]) -> str:
    """Return the longest style that fits one part, else two parts, else the shortest style."""
    texts: list[str] = []
    for style in _STYLES:
        texts.append(to_gsm7(text_in(style)))
        if len(parts(texts[-1])) == 1:
            return texts[-1]
    texts.extend(to_gsm7(text_in(style)) for style in _LAST_RESORTS)
    return next((text for text in texts if len(parts(text)) == 2), texts[-1])
