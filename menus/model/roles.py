"""The roles that a person may have, and what each may be called in a roster."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a unit; the value is what `people.csv` and the tables hold."""

    AGENT = "asc"
    """A community health worker, at a site."""
    DTC = "dtc"
    """The head of a health centre, at a facility."""
    DISTRICT = "district"
    """Somebody of the district's team."""


SUPERVISORS = (Role.DTC, Role.DISTRICT)
"""Everybody who looks after sites of others, the nearest first."""
