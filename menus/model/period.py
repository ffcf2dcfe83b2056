"""A calendar month."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    @property
    def code(self) -> str:
        """DHIS2's monthly period, YYYYMM."""
        return f"{self.year:04d}{self.month:02d}"

    @property
    def first_day(self) -> date:
        """Return the first day of the month."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> "Period":
        """Return the month so many months later; earlier for a negative number."""
        years, month = divmod(self.month - 1 + months, 12)
        return Period(self.year + years, month + 1)

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Parse a month written as YYYYMM.

        Raises ValueError for anything else.
        """
        digits = len(code) == 6 and code.isascii() and code.isdigit()
        if not digits or not 1 <= int(code[4:]) <= 12:
            raise ValueError(f"not a month: {code!r}, expected YYYYMM, for example 202610")
        return cls(int(code[:4]), int(code[4:]))
