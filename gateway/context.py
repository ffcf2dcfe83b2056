"""The context of every use case: the catalogue and the programme's time zone."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from menus.model.catalogue import Catalogue
from menus.model.period import Period


@dataclass(frozen=True, slots=True)
class Context:
    """The catalogue and the time zone in which its months, days and quiet hours are meant."""

    catalogue: Catalogue
    timezone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment on the programme's clock."""
        return moment.astimezone(self.timezone)

    def today(self, moment: datetime) -> date:
        """Return the programme's date at an aware moment."""
        return self.local(moment).date()

    def month(self, moment: datetime) -> str:
        """Return the programme's month at an aware moment, as YYYYMM."""
        return f"{self.local(moment):%Y%m}"

    def period(self, moment: datetime) -> Period:
        """Return the programme's month at an aware moment."""
        today = self.today(moment)
        return Period(today.year, today.month)
