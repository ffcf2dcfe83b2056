"""DHIS2's rules for each kind of metadata object, as far as a gateway posts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Schema:
    """DHIS2's rules for one kind of object.

    `references` maps a path (`parent`, `dataSetElements.dataElement`) to the kind that it
    refers to; `one_of` a property to the words that it takes.
    """

    klass: str
    required: tuple[str, ...]
    unique: tuple[str, ...]
    references: Mapping[str, str]
    one_of: Mapping[str, tuple[str, ...]]
    data_sharing: bool = False


_VALUE_TYPES: Final = (
    *("INTEGER", "INTEGER_POSITIVE", "INTEGER_NEGATIVE", "INTEGER_ZERO_OR_POSITIVE", "NUMBER"),
    *("PERCENTAGE", "UNIT_INTERVAL", "BOOLEAN", "TRUE_ONLY", "TEXT", "LONG_TEXT", "DATE"),
    *("DATETIME", "AGE", "PHONE_NUMBER", "ORGANISATION_UNIT", "MULTI_TEXT"),
)
_AGGREGATIONS: Final = (
    *("SUM", "AVERAGE", "AVERAGE_SUM_ORG_UNIT", "LAST", "LAST_AVERAGE_ORG_UNIT", "FIRST"),
    *("LAST_LAST_ORG_UNIT", "LAST_IN_PERIOD", "COUNT", "STDDEV", "VARIANCE", "MIN", "MAX"),
    *("MIN_SUM_ORG_UNIT", "MAX_SUM_ORG_UNIT", "NONE", "CUSTOM", "DEFAULT"),
)
_PERIOD_TYPES: Final = ("Daily", "Weekly", "Monthly", "Quarterly", "Yearly")

SCHEMAS: Final[Mapping[str, Schema]] = {
    "organisationUnits": Schema(
        "org.hisp.dhis.organisationunit.OrganisationUnit",
        ("name", "shortName", "openingDate"),
        ("code",),
        {"parent": "organisationUnits"},
        {},
    ),
    "categoryOptions": Schema(
        "org.hisp.dhis.category.CategoryOption",
        ("name", "shortName"),
        ("name", "shortName", "code"),
        {},
        {},
        data_sharing=True,
    ),
    "categoryCombos": Schema(
        "org.hisp.dhis.category.CategoryCombo", ("name",), ("name", "code"), {}, {}
    ),
    "categoryOptionCombos": Schema(
        "org.hisp.dhis.category.CategoryOptionCombo",
        ("name", "categoryCombo"),
        ("code",),
        {"categoryCombo": "categoryCombos", "categoryOptions": "categoryOptions"},
        {},
    ),
    "optionSets": Schema(
        "org.hisp.dhis.option.OptionSet",
        ("name", "valueType"),
        ("name", "code"),
        {"options": "options"},
        {"valueType": _VALUE_TYPES},
    ),
    "options": Schema(
        "org.hisp.dhis.option.Option",
        ("name", "code"),
        (),
        {"optionSet": "optionSets"},
        {},
    ),
    "dataElements": Schema(
        "org.hisp.dhis.dataelement.DataElement",
        ("name", "shortName", "valueType", "domainType", "aggregationType"),
        ("name", "shortName", "code"),
        {"categoryCombo": "categoryCombos", "optionSet": "optionSets"},
        {
            "valueType": _VALUE_TYPES,
            "domainType": ("AGGREGATE", "TRACKER"),
            "aggregationType": _AGGREGATIONS,
        },
    ),
    "dataSets": Schema(
        "org.hisp.dhis.dataset.DataSet",
        ("name", "shortName", "periodType"),
        ("name", "shortName", "code"),
        {
            "categoryCombo": "categoryCombos",
            "dataSetElements.dataElement": "dataElements",
            "dataSetElements.dataSet": "dataSets",
            "dataSetElements.categoryCombo": "categoryCombos",
            "organisationUnits": "organisationUnits",
        },
        {"periodType": _PERIOD_TYPES},
        data_sharing=True,
    ),
    "trackedEntityTypes": Schema(
        "org.hisp.dhis.trackedentity.TrackedEntityType", ("name",), ("name", "code"), {}, {}
    ),
    "programs": Schema(
        "org.hisp.dhis.program.Program",
        ("name", "shortName", "programType"),
        ("code",),
        {
            "categoryCombo": "categoryCombos",
            "programStages": "programStages",
            "organisationUnits": "organisationUnits",
        },
        {
            "programType": ("WITH_REGISTRATION", "WITHOUT_REGISTRATION"),
            "accessLevel": ("OPEN", "AUDITED", "PROTECTED", "CLOSED"),
        },
        data_sharing=True,
    ),
    "programStages": Schema(
        "org.hisp.dhis.program.ProgramStage",
        ("name",),
        ("code",),
        {
            "program": "programs",
            "programStageDataElements.programStage": "programStages",
            "programStageDataElements.dataElement": "dataElements",
        },
        {"validationStrategy": ("ON_COMPLETE", "ON_UPDATE_AND_INSERT")},
        data_sharing=True,
    ),
}
