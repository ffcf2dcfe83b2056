"""The operator's reading of a gateway's answer to a USSD hop: a screen, or a refusal.

Sources: Africa's Talking's help centre ("Why am I seeing the error messages: Response should
start with a CON or an END"), its USSD documentation of the label header, and 3GPP TS 23.038 for
the septets of a screen.
"""

from dataclasses import dataclass
from typing import Final

import requests

from gateway.sandbox.operator_posts import BAD_ANSWER
from menus import gsm7

LABEL: Final = "at-ussd-hop-metadata"  # the header in which a gateway names its screen
LABEL_LIMIT: Final = 99  # characters, none of them a |
SCREEN: Final = 160  # septets that every phone shows, the verb not counted


class BadAnswer(Exception):
    """Raised when the operator cannot show this answer and ends the dialogue."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as the phone shows it. `more` means that it may be answered.

    `faults` are, in words, what a real phone or the real operator would spoil; empty is good.
    """

    text: str
    more: bool
    label: str
    faults: tuple[str, ...]


def read_screen(response: requests.Response, budget: int = SCREEN) -> Screen:
    """Return the screen of an answer; `budget` is how many septets the phone shows.

    Raises BadAnswer unless it is a 200 whose body begins exactly with `CON ` or `END `: a blank
    or a byte order mark before it counts as wrong, as it does at the operator.
    """
    if response.status_code != 200:
        raise BadAnswer(f"The application answered with HTTP {response.status_code}")
    body = response.content.decode("utf-8", "replace")
    verb, text = body[:4], body[4:]
    if verb not in ("CON ", "END "):
        raise BadAnswer(BAD_ANSWER)
    label = response.headers.get(LABEL, "")
    faults = (*_faults_of_text(text, budget), *_faults_of_label(label))
    return Screen(text, verb == "CON ", label, faults)


def _faults_of_text(text: str, budget: int) -> tuple[str, ...]:
    strange = dict.fromkeys(letter for letter in text if not gsm7.is_gsm7(letter))
    if strange:
        return (f"hors GSM-7 : {' '.join(strange)} (il resterait {budget // 2} caractères)",)
    count = gsm7.septets(text)
    return (f"{count} septets, plus de {budget} : écran coupé",) if count > budget else ()


def _faults_of_label(label: str) -> tuple[str, ...]:
    if len(label) > LABEL_LIMIT or "|" in label:
        return (f"{LABEL} : {LABEL_LIMIT} caractères au plus, sans |",)
    return ()
