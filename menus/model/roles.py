"""The roles that a person may have at a unit."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a person at a unit; the value is that of `people.csv` and the tables."""

    AGENT = "asc"
    """A community health worker, at a site."""
    DTC = "dtc"
    """The head of a health centre, at a facility."""
    DISTRICT = "district"
    """A member of the district's team."""


SUPERVISORS = (Role.DTC, Role.DISTRICT)
"""The roles that supervise sites of others, the nearest first."""
