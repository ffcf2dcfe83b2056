"""Phone numbers: their spelling in E.164, their masked form, and their operator.

Numbering in Mali: country code 223, eight digits, no trunk prefix, `00` for international
calls, no number portability (ITU operational bulletin notice of 6 March 2018), so that a
prefix tells the operator. Prefixes as in libphonenumber's carrier data for Mali.
"""

import re
import unicodedata
from typing import Final, Literal

import phonenumbers

Operator = Literal["orange", "moov", "telecel"]

# Fixed numbers begin with 2 or 4, mobiles with 5 to 9 (and 200, 217); none with 0, 1 or 3.
# Whether the operator has assigned a block already is not checked: new blocks appear each year.
_MALIAN: Final = re.compile(r"(?:(?:\+|00)?223)?0?([24-9][0-9]{7})")
_E164_MALIAN: Final = re.compile(r"\+223[0-9]{8}")
_FOREIGN: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_SCIENTIFIC: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"[\s\-‐‑‒–./()]")
_OF_A_PERSON: Final = re.compile(r"\+?[0-9]{8,15}")  # short codes have 3 to 6 digits

_OPERATORS: Final[tuple[tuple[str, Operator], ...]] = (
    ("200", "orange"), *((str(two), "orange") for two in (*range(70, 80), *range(82, 86))),
    *((str(two), "orange") for two in range(90, 95)),
    ("217", "moov"), *((str(two), "moov") for two in (*range(60, 70), 89, *range(95, 100))),
    *((str(two), "telecel") for two in range(50, 54)),
)  # fmt: skip


class BadPhone(ValueError):
    """The text is no phone number; the sentence says why and never holds the number."""


def normalise(text: str) -> str:
    """Return the number in E.164 (`+22370000001`), from any spelling that people use.

    Accepted are `70000001`, `+223 70 00 00 01`, `0022370000001`, `22370000001`, `70-00-00-01`,
    `0 70 00 00 01`, with digits of any script and the invisible marks that copy and paste leaves.
    A number of another country needs its `+` or `00`, and must be assignable there.

    Raises BadPhone for anything else.
    """
    typed = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
    if _SCIENTIFIC.fullmatch(typed):
        raise BadPhone(
            "a spreadsheet has shortened this number and its digits are lost; "
            "format the column as text and type it again"
        )
    digits = _PUNCTUATION.sub("", phonenumbers.normalize_digits_only(typed, keep_non_digits=True))
    if malian := _MALIAN.fullmatch(digits):
        return "+223" + malian[1]
    if foreign := _FOREIGN.fullmatch(digits):
        return _given_out("+" + foreign[1])
    raise BadPhone(
        "not a phone number: expected 8 digits, or a whole number with + and its country code"
    )


def mask(phone: str) -> str:
    """Return the masked form of a number: `7X XX XX 12`, of a foreign number `+33 XX XX 78`.

    Accepts any sender that an operator names, including words and short codes, of which only the
    first character is shown. Never raises.
    """
    try:
        whole = phone if _E164_MALIAN.fullmatch(phone) else normalise(phone)
    except BadPhone:
        first = phone.strip()[:1]
        return f"{first if first.isalnum() else ''}XXXX"
    if whole.startswith("+223"):
        return f"{whole[4]}X XX XX {whole[-2:]}"
    return f"{whole[:3]} XX XX {whole[-2:]}"


def operator_of(phone: str) -> Operator | None:
    """Return the operator of a number in E.164; None for foreign numbers and unknown prefixes."""
    if not _E164_MALIAN.fullmatch(phone):
        return None
    national = phone.removeprefix("+223")
    return next((name for prefix, name in _OPERATORS if national.startswith(prefix)), None)


def is_person(phone: str) -> bool:
    """Return whether a sender can be a person's phone, rather than a word or a short code."""
    return _OF_A_PERSON.fullmatch(phone) is not None


def _given_out(number: str) -> str:
    """Return a foreign number in E.164; raise BadPhone when its country has no such numbers."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as unreadable:
        raise BadPhone("not a phone number: no country has this country code") from unreadable
    if not phonenumbers.is_valid_number(parsed):
        raise BadPhone("not a phone number: its country does not give out such numbers")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
