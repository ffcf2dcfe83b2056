"""What AIDE answers: what can be sent, a form's codes, one code, one command.

The answer never holds a digit. An agent may send it back by mistake, or copy from it, and no
number may come into a report that she did not count (programme's language rule: `COR POS ..`,
never an example).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from menus.gsm7 import parts, to_gsm7
from menus.model.catalogue import Catalogue, Field, Form
from menus.model.roles import Role
from menus.reading.spelling import Speller
from menus.wording.sentences import say

MOST_PARTS: Final = 2


def topics(catalogue: Catalogue) -> tuple[str, ...]:
    """Every word that AIDE can explain: keywords, codes and their aliases."""
    return (*catalogue.keyword_of, *catalogue.code_of)


def help_text(catalogue: Catalogue, language: str, role: str, topic: str | None) -> str:
    """The answer to `AIDE` and to `AIDE` with a word, in GSM-7 and at most two parts.

    `topic` is upper case, as typed. A word that nothing is called by is explained as the one
    word that it is a slip of, else it gets the general answer; it is not repeated, since it
    may be a name. `role` is asc, dtc or district: a command of others is not explained.
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
    """What a field counts, without digits: its hint, else its label, else what is left of it."""
    texts = (field.hints.get(language, ""), field.labels[language], field.hints.get("fr", ""))
    for text in texts:
        if text and not _holds_digit(text):
            return text
    words = field.labels[language].split()
    return " ".join(word for word in words if not _holds_digit(word)) or field.short[language]


def _holds_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _meant(catalogue: Catalogue, topic: str) -> str:
    """The code or keyword that the topic is, is an alias of, or can only be a slip of."""
    known = {**catalogue.keyword_of, **catalogue.code_of}
    if topic in known:
        return known[topic]
    # No number is at stake here: the worst of a wrong guess is an explanation too many.
    near = Speller(catalogue).near(topic)
    return near[0] if len(near) == 1 else ""


def _general(catalogue: Catalogue, language: str, role: str) -> str:
    commands = catalogue.commands.values()
    words = " ".join(one.keyword for one in commands if role in one.roles)
    key = "explain_all" if role == Role.AGENT else "explain_all_above"
    texts = [say(catalogue, language, key, brief=b, commands=words) for b in (False, True)]
    return _fitted(texts, (1, MOST_PARTS))


def _of_form(catalogue: Catalogue, language: str, form: Form) -> str:
    """The form's codes: with what they count if there is room, else with short labels."""
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
    required = [told(one, language) for one in form.fields if one.required]
    others = [told(one, language) for one in form.fields if not one.required]
    codes = ", ".join(required)
    yield say(catalogue, language, "explain_form", form=form.keyword, codes=codes)
    if others and optional:
        yield say(catalogue, language, "explain_form_optional", codes=", ".join(others))
    if any(one.takes_days_out for one in form.fields):
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
    """The first text of as many parts as the first limit allows, or the next; else the last."""
    needed = [len(parts(text)) for text in texts]
    for most in limits:
        for text, count in zip(texts, needed, strict=True):
            if count <= most:
                return text
    return texts[-1]
