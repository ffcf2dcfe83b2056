"""The levels of Mali's health pyramid, as the roster names them."""

from enum import StrEnum


class UnitLevel(StrEnum):
    """The level of an org unit; the value is that of `org_units.csv` and the tables."""

    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    FACILITY = "facility"
    SITE = "site"
