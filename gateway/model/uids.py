"""DHIS2 identifiers, derived from codes, so that running an export twice changes nothing.

DHIS2's `CodeGenerator` takes 11 characters: a letter, then letters and digits.
"""

import hashlib
import string

UID_LENGTH = 11
_LETTERS = string.ascii_uppercase + string.ascii_lowercase
_CHARACTERS = _LETTERS + string.digits


def uid(kind: str, code: str) -> str:
    """The UID of the object of this kind with this code: always the same one.

    `kind` keeps objects of different sorts with one code apart (`dataElement`, `dataSet`,
    `event`). The result matches `^[a-zA-Z][a-zA-Z0-9]{10}$` and is taken from the SHA-256 of
    both: among ten thousand objects two meet with a probability of about 10^-12.
    """
    number = int.from_bytes(hashlib.sha256(f"{kind}:{code}".encode()).digest())
    number, first = divmod(number, len(_LETTERS))
    letters = [_LETTERS[first]]
    for _ in range(UID_LENGTH - 1):
        number, place = divmod(number, len(_CHARACTERS))
        letters.append(_CHARACTERS[place])
    return "".join(letters)


def is_uid(text: str) -> bool:
    """Whether DHIS2 takes this text for a UID (`CodeGenerator.UID_REGEXP`)."""
    return (
        len(text) == UID_LENGTH
        and text[0] in _LETTERS
        and all(letter in _CHARACTERS for letter in text)
    )
