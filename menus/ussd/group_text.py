"""Texts that the screens of a group of numbers share: its head, its fields, its choices."""

from collections.abc import Iterator, Sequence
from typing import Final

from menus.model.catalogue import Catalogue
from menus.ussd.group_state import form_of, groups_of
from menus.ussd.layout import answers, laid_out
from menus.ussd.screen_parts import month_of, with_wrong, word
from menus.ussd.state import DialogueState, Screen
from menus.wording.help import digit_free

YES: Final = "1"
CORRECT: Final = "2"


def head_fills(catalogue: Catalogue, state: DialogueState) -> dict[str, str]:
    """Return the placeholders of a screen's head: form, month and step."""
    groups = len(groups_of(catalogue, state.report.form))
    return {
        "form": state.report.form,
        "month": month_of(catalogue, state, state.report.month),
        "step": f"{state.group + 1}/{groups}",
    }


def shorts(catalogue: Catalogue, state: DialogueState, codes: Sequence[str]) -> list[str]:
    """Return the short labels of the codes."""
    form, language = form_of(catalogue, state), state.caller.language
    return [form.field(code).short[language] for code in codes]


def hints(catalogue: Catalogue, state: DialogueState, codes: Sequence[str]) -> list[str]:
    """Return the meanings of the codes, without digits."""
    form, language = form_of(catalogue, state), state.caller.language
    return [digit_free(form.field(code), language) for code in codes]


def fitted_screen(
    catalogue: Catalogue,
    state: DialogueState,
    texts: Sequence[str],
    foots: Sequence[tuple[str, ...]],
) -> Screen:
    """Return the screen of the first text, with the first foot, that fits together."""

    def variants() -> Iterator[str]:
        for brief in (False, True) if state.wrong else (False,):
            for text in texts:
                for foot in foots:
                    yield "\n".join([with_wrong(catalogue, state, text, brief=brief), *foot])

    return laid_out(state.at, variants(), state.caller.room)


def yes_or_correct(catalogue: Catalogue, state: DialogueState) -> str:
    """Return the choices yes and correct on a single line."""
    return answers(
        (YES, word(catalogue, state, "ussd_yes")), (CORRECT, word(catalogue, state, "ussd_correct"))
    )
