"""Signature: a word behind the last number of a report that stands for no code of its form.

`Dia`, `Sy` and `Say` are family names, and codes or one slip away from one.
"""

from collections.abc import Collection, Sequence
from typing import Final

from menus.reading.month_numbers import take
from menus.reading.slots import Section, Slot, written_reversed
from menus.reading.spelling import Speller, same_keys
from menus.reading.tokens import Kind, Token
from menus.reading.vocabulary import Vocabulary

_BEFORE_SURNAME: Final = frozenset({Kind.NAME, Kind.UNKNOWN, Kind.GREETING})


def drop_signature(section: Section, vocabulary: Vocabulary) -> str:
    """Take out the last slot, which has no number, where no number can stand before it.

    That is so for a code that has its number, for one of another form and for a word that is
    near no code that waits for its number. Return the code that must be asked, if it is one and
    not a name; else empty.
    """
    *others, last = section.slots
    if not any(slot.numbers for slot in others) or not _may_say_month(section):
        return ""
    waiting = _waiting(section, others, vocabulary)
    before = _before(section, last.token)
    surname = before is not None and before.kind in _BEFORE_SURNAME
    if last.token.kind is not Kind.CODE:
        return _drop(section, keep=_may_be(last.token.text, waiting, vocabulary.speller))
    if last.token.means in {slot.token.means for slot in others}:
        return _drop(section)
    if last.token.means in waiting:
        return _drop(section, keep=before is None or before.kind is not Kind.NAME)
    if surname:
        return _drop(section)
    return _drop(section, last.token.means, keep=section.keyword is None)


def _drop(section: Section, asked: str = "", *, keep: bool = False) -> str:
    if keep:
        return ""
    section.slots.pop()
    return asked


def _may_say_month(section: Section) -> bool:
    """Return whether no number before the first code is sure to be a count."""
    if written_reversed(section):
        return False
    numbers = any(token.kind is Kind.NUMBER for token in section.preface)
    return not numbers or bool(take(section.preface).months)


def _waiting(section: Section, others: Sequence[Slot], vocabulary: Vocabulary) -> Collection[str]:
    """Return the codes of the section's forms that have no number yet."""
    form_of = vocabulary.catalogue.form_of
    codes = {slot.token.means for slot in others if slot.token.kind is Kind.CODE}
    forms = {form_of[code] for code in codes}
    if section.keyword is not None:
        forms.add(section.keyword.means)
    return {code for form in forms for code in vocabulary.codes[form]} - codes


def _before(section: Section, token: Token) -> Token | None:
    at = section.tokens.index(token)
    return section.tokens[at - 1] if at else None


def _may_be(word: str, codes: Collection[str], speller: Speller) -> bool:
    """Return whether a word is one slip from any of these codes, or has the keys of one."""
    near = speller.near(word)
    return any(code in near or same_keys(word, code) for code in codes)
