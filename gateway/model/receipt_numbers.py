"""Receipt numbers: short, easy to read aloud, and always the same for a report."""

import hashlib
from collections.abc import Iterator

# Digits and capitals that are not mistaken for each other when read aloud or off a screen.
RECEIPT_DIGITS = "23456789"
RECEIPT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def receipts(key: str) -> Iterator[str]:
    """Yield receipt numbers for a report, best first: four characters, the first a digit.

    `key` identifies the report (site code, form, month). A receipt is unique within its site; the
    caller takes the first number that is free there.
    """
    signs = RECEIPT_DIGITS + RECEIPT_LETTERS
    turn = 0
    while True:
        number = int.from_bytes(hashlib.sha256(f"{key}/{turn}".encode()).digest()[:8])
        number, first = divmod(number, len(RECEIPT_DIGITS))
        rest = ""
        for _ in range(3):
            number, place = divmod(number, len(signs))
            rest += signs[place]
        yield RECEIPT_DIGITS[first] + rest
        turn += 1
