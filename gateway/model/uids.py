"""DHIS2 identifiers derived from codes, so that an export can be repeated without changes.

DHIS2's `CodeGenerator` takes 11 characters: a letter, then letters and digits.
"""

import hashlib
import string

UID_LENGTH = 11
_LETTERS = string.ascii_uppercase + string.ascii_lowercase
_CHARACTERS = _LETTERS + string.digits


def uid(kind: str, code: str) -> str:
    """Return the UID of the object of this kind with this code, always the same.

    `kind` separates objects of different kinds with the same code (`dataElement`, `dataSet`,
    `event`). The result matches `^[a-zA-Z][a-zA-Z0-9]{10}$` and is derived from the SHA-256 of
    both: among ten thousand objects two collide with a probability of about 10^-12.
    """
    number = int.from_bytes(hashlib.sha256(f"{kind}:{code}".encode()).digest())
    number, first = divmod(number, len(_LETTERS))
    letters = [_LETTERS[first]]
    for _ in range(UID_LENGTH - 1):
        number, place = divmod(number, len(_CHARACTERS))
        letters.append(_CHARACTERS[place])
    return "".join(letters)


def is_uid(text: str) -> bool:
    """Return whether DHIS2 accepts the text as a UID (`CodeGenerator.UID_REGEXP`)."""
    return (
        len(text) == UID_LENGTH
        and text[0] in _LETTERS
        and all(letter in _CHARACTERS for letter in text)
    )
