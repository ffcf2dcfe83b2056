"""The GSM 7-bit default alphabet: convert a text to it, count its septets, split it into parts.

Source: 3GPP TS 23.038, 6.2.1 (basic table) and 6.2.1.1 (extension table, reached by ESC, so
that each of its characters costs two septets), and TS 23.040, 9.2.3.24.1 (a part of a
concatenated message loses six octets to its header: 153 septets remain of 160). National
shift tables are left out: Africa's Talking takes UTF-8 and chooses the coding itself, so one
letter outside this alphabet turns the whole SMS into UCS-2 with 70 characters a part.
"""

import unicodedata
from typing import Final

SINGLE_PART: Final = 160
PART_OF_MANY: Final = 153

# In the order of the table, without the ESC at 0x1B, which is no character.
BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = "\f^{}\\[~]|€"

_COST: Final = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(EXTENSION, 2)}
_ALPHABET: Final = frozenset(_COST)

# The spelling of Bambara before 1982, still widely read, writes the open vowels and the nasals
# with letters that the alphabet has. Typographic signs become their ASCII equivalents.
_PLAIN: Final = {
    "ɛ": "è", "ɔ": "ò", "ɲ": "ny", "ŋ": "ng", "Ɛ": "E", "Ɔ": "O", "Ɲ": "Ny", "Ŋ": "Ng",
    "œ": "oe", "Œ": "Oe",
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "″": '"',
    "‘": "'", "’": "'", "‚": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
    "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "×": "x", "°": "o", "•": "-", "·": ".", "\t": " ",
}  # fmt: skip


def is_gsm7(text: str) -> bool:
    """Return whether every character is in the alphabet, so that the SMS stays in 7 bits."""
    return _ALPHABET.issuperset(text)


def to_gsm7(text: str) -> str:
    """Return the nearest text inside the alphabet. Idempotent.

    Letters of the alphabet stay (é è à ù ò ì among them), ɛ ɔ ɲ ŋ become è ò ny ng, other
    accented letters lose their accent, marks without a letter and invisible characters are
    removed, and a character without a similar one becomes `?`. No digit is added or lost.
    """
    if is_gsm7(text):
        return text
    return "".join(map(_plain_letter, unicodedata.normalize("NFC", text)))


def lost(text: str) -> tuple[str, ...]:
    """Return the characters that `to_gsm7` can only turn into `?`, each once, in order."""
    letters = unicodedata.normalize("NFC", text)
    return tuple(dict.fromkeys(x for x in letters if x != "?" and _plain_letter(x) == "?"))


def septets(text: str) -> int:
    """Return the number of septets that the text takes.

    Raises ValueError when a character is outside the alphabet.
    """
    if not is_gsm7(text):
        outside = next(letter for letter in text if letter not in _COST)
        raise ValueError(f"U+{ord(outside):04X} is not in the GSM 7-bit alphabet")
    return len(text) + sum(map(text.count, EXTENSION))


def parts(text: str) -> list[str]:
    """Split the text into the parts of one SMS: one of 160 septets, or several of 153.

    A character of the extension table is never split over two parts, so a part may be one
    septet short. An empty text is one empty part. Raises ValueError when a character is outside
    the alphabet.
    """
    if septets(text) <= SINGLE_PART:
        return [text]
    cut: list[str] = []
    start = room = 0
    for position, letter in enumerate(text):
        room += _COST[letter]
        if room > PART_OF_MANY:
            cut.append(text[start:position])
            start, room = position, _COST[letter]
    return [*cut, text[start:]]


def _plain_letter(letter: str) -> str:
    if letter in _COST:
        return letter
    if letter in _PLAIN:
        return _PLAIN[letter]
    category = unicodedata.category(letter)
    if category == "Zs":
        return " "
    if category in {"Mn", "Me", "Cf"}:
        return ""
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _COST:
        return base
    return _PLAIN.get(base, "?")
