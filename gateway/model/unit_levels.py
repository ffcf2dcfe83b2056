"""The levels of Mali's health pyramid, as the roster names them."""

from enum import StrEnum


class UnitLevel(StrEnum):
    """What an org unit is; the value is what `org_units.csv` and the tables hold."""

    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    FACILITY = "facility"
    SITE = "site"
