"""The answers of AIDE: general help, a form's codes, a code, a command.

An answer never holds a digit: an agent may send it back by mistake, or copy from it, and only
numbers that the agent counted may come into a report (programme's language rule: `COR POS ..`,
never an example).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from menus.gsm7 import parts, to_gsm7
from menus.model.catalogue import Catalogue, Field, Form
from menus.model.roles import Role
from menus.reading.vocabulary import vocabulary_of
from menus.wording.sentences import say

MOST_PARTS: Final = 2


def topics(catalogue: Catalogue) -> tuple[str, ...]:
    """Return all words that AIDE can explain: keywords, codes and their aliases."""
    return (*catalogue.keyword_of, *catalogue.code_of)


def help_text(catalogue: Catalogue, language: str, role: str, topic: str | None) -> str:
    """Return the answer to `AIDE` (`topic` None) or `AIDE` with a word.

    The answer is in GSM-7 and has at most two parts. `topic` is upper case, as typed. An unknown
    word is explained as the only word that it is a slip of, else the answer is the general one;
    the word is not repeated, since it may be a name. A command of other roles than `role` is not
    explained.
    """
    if topic is None:
        return _general(catalogue, language, role)
    meant = _meant(catalogue, topic)
    if meant in catalogue.forms:
        return _of_form(catalogue, language, catalogue.forms[meant])
    if meant in catalogue.form_of:
        return _of_code(catalogue, language, catalogue.field(meant))
    if meant in catalogue.commands:
        return _of_command(catalogue, language, role, meant)
    unknown = say(catalogue, language, "explain_unknown")
    return f"{unknown} {_general(catalogue, language, role)}"


def digit_free(field: Field, language: str) -> str:
    """Return the meaning of a field without digits: its hint, its label, or words of the label."""
    texts = (field.hints.get(language, ""), field.labels[language], field.hints.get("fr", ""))
    for text in texts:
        if text and not _holds_digit(text):
            return text
    words = field.labels[language].split()
    return " ".join(word for word in words if not _holds_digit(word)) or field.short[language]


def _holds_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _meant(catalogue: Catalogue, topic: str) -> str:
    """Return the code or keyword that the topic stands for, or can only be a slip of; else ''."""
    known = {**catalogue.keyword_of, **catalogue.code_of}
    if topic in known:
        return known[topic]
    # No number is at stake here: the worst of a wrong guess is a useless explanation.
    near = vocabulary_of(catalogue).speller.near(topic)
    return near[0] if len(near) == 1 else ""


def _general(catalogue: Catalogue, language: str, role: str) -> str:
    commands = catalogue.commands.values()
    words = " ".join(command.keyword for command in commands if role in command.roles)
    key = "explain_all" if role == Role.AGENT else "explain_all_above"
    texts = [say(catalogue, language, key, brief=b, commands=words) for b in (False, True)]
    return _fitted(texts, (1, MOST_PARTS))


def _of_form(catalogue: Catalogue, language: str, form: Form) -> str:
    """Return the form's codes with their meaning if there is room, else with short labels."""
    styles = ((_long, True), (_long, False), (_short, True), (_short, False), (_bare, False))
    texts = [
        to_gsm7(" ".join(_form_pieces(catalogue, language, form, told, optional=optional)))
        for told, optional in styles
    ]
    return _fitted(texts, (MOST_PARTS,))


_Told = Callable[[Field, str], str]


def _long(field: Field, language: str) -> str:
    return f"{field.code}={digit_free(field, language)}"


def _short(field: Field, language: str) -> str:
    return f"{field.code}={field.short[language]}"


def _bare(field: Field, _: str) -> str:
    return field.code


def _form_pieces(
    catalogue: Catalogue, language: str, form: Form, told: _Told, *, optional: bool
) -> Iterator[str]:
    required = [told(field, language) for field in form.fields if field.required]
    others = [told(field, language) for field in form.fields if not field.required]
    codes = ", ".join(required)
    yield say(catalogue, language, "explain_form", form=form.keyword, codes=codes)
    if others and optional:
        yield say(catalogue, language, "explain_form_optional", codes=", ".join(others))
    if any(field.takes_days_out for field in form.fields):
        yield say(catalogue, language, "explain_days_out")


def _of_code(catalogue: Catalogue, language: str, field: Field) -> str:
    label = field.labels[language]
    text = say(
        catalogue,
        language,
        "explain_code" if field.product is None else "explain_product",
        word=field.code,
        form=catalogue.form_of[field.code],
        label=digit_free(field, language) if _holds_digit(label) else label,
        unit="" if field.product is None else field.product.unit,
    )
    if field.required:
        return text
    return f"{text} {say(catalogue, language, 'explain_optional')}"


def _of_command(catalogue: Catalogue, language: str, role: str, keyword: str) -> str:
    command = catalogue.commands[keyword]
    if role not in command.roles:
        return say(catalogue, language, "not_for_you", brief=True, command=keyword)
    return say(catalogue, language, command.help)


def _fitted(texts: Sequence[str], limits: Iterable[int]) -> str:
    """Return the first text within the first limit of parts, or the next limit; else the last."""
    needed = [len(parts(text)) for text in texts]
    for most in limits:
        for text, count in zip(texts, needed, strict=True):
            if count <= most:
                return text
    return texts[-1]
