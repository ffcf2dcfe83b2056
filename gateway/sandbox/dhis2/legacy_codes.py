"""Codes and conflicts of the importer up to DHIS2 2.42 (`ErrorCode`, `DataValueImportConflict`)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from gateway.sandbox.dhis2.model import Json


class Finding(NamedTuple):
    """A refusal: its code, and the things that its message names, in the code's order."""

    code: str
    things: tuple[str, ...]


class Code(NamedTuple):
    """A message and the names of the things in it; the first is the conflict's `object`."""

    message: str
    names: tuple[str, ...]


CODES: Final[Mapping[str, Code]] = {
    "E7600": Code("Data set not found or not accessible: `{0}`", ("dataSet",)),
    "E7601": Code("User does not have write access for DataSet: `{0}`", ("dataSet",)),
    "E7602": Code("A valid dataset is required", ()),
    "E7603": Code("Org unit not found or not accessible: `{0}`", ("orgUnit",)),
    "E7604": Code(
        "Attribute option combo not found or not accessible: `{0}`", ("attributeOptionCombo",)
    ),
    "E7610": Code("Data element not found or not accessible: `{0}`", ("dataElement",)),
    "E7611": Code("Period not valid: `{0}`", ("period",)),
    "E7612": Code("Organisation unit not found or not accessible: `{0}`", ("orgUnit",)),
    "E7613": Code(
        "Category option combo not found or not accessible for writing data: `{0}`",
        ("categoryOptionCombo",),
    ),
    "E7615": Code(
        "Attribute option combo not found or not accessible for writing data: `{0}`",
        ("attributeOptionCombo",),
    ),
    "E7614": Code(
        "Category option combo: `{0}` option not writable by user: `{1}`",
        ("categoryOptionCombo", "user"),
    ),
    "E7616": Code(
        "Attribute option combo: `{0}` option not writable by user: `{1}`",
        ("attributeOptionCombo", "user"),
    ),
    "E7617": Code(
        "Organisation unit: `{0}` not in hierarchy of current user: `{1}`", ("orgUnit", "user")
    ),
    "E7618": Code("Data value or comment not specified for data element: `{0}`", ("dataElement",)),
    "E7619": Code(
        "Value must match value type of data element `{0}`: `{1}`", ("dataElement", "value")
    ),
    "E7620": Code("Invalid comment: {0}", ("comment",)),
    "E7621": Code(
        "Data value is not a valid option of the data element option set: `{0}`", ("dataElement",)
    ),
    "E7630": Code("Category option combo is required but is not specified", ("dataElement",)),
    "E7631": Code("Attribute option combo is required but is not specified", ("dataElement",)),
    "E7632": Code(
        "Period type of period: `{0}` not valid for data element: `{1}`", ("period", "dataElement")
    ),
    "E7633": Code("Data element: `{0}` is not part of dataset: `{1}`", ("dataElement", "dataSet")),
    "E7634": Code(
        "Category option combo: `{0}` must be part of category combo of data element: `{1}`",
        ("categoryOptionCombo", "dataElement"),
    ),
    "E7635": Code(
        "Attribute option combo: `{0}` must be part of category combo of data sets of data "
        "element: `{1}`",
        ("attributeOptionCombo", "dataElement"),
    ),
    "E7636": Code(
        "Data element: `{1}` must be assigned through data sets to organisation unit: `{0}`",
        ("orgUnit", "dataElement"),
    ),
    "E7637": Code("Invalid storedBy: {0}", ("storedBy",)),
    "E7638": Code(
        "Period: `{0}` is not within date range of attribute option combo: `{1}`",
        ("period", "attributeOptionCombo"),
    ),
    "E7639": Code(
        "Organisation unit: `{0}` is not valid for attribute option combo: `{1}`",
        ("orgUnit", "attributeOptionCombo"),
    ),
    "E7640": Code(
        "Current date is past expiry days for period: `{0}`  and data set: `{1}`",
        ("period", "dataSet"),
    ),
    "E7641": Code(
        "Period: `{0}` is after latest open future period for data element: `{1}`",
        ("period", "dataElement"),
    ),
    "E7642": Code(
        "Data is already approved for data set: `{2}` period: `{1}` organisation unit: `{0}`",
        ("orgUnit", "period", "dataSet"),
    ),
    "E7643": Code(
        "Period: `{0}` is not open for this data set at this time: `{1}`", ("period", "dataSet")
    ),
    "E7644": Code(
        "Period: `{0}` does not conform to the open periods of associated data sets", ("period",)
    ),
}


def conflict(finding: Finding) -> Json:
    """Return the conflict as the server words it; the caller adds the positions."""
    code = CODES[finding.code]
    objects = dict(zip(code.names, finding.things, strict=True))
    found: Json = {"object": finding.things[0] if finding.things else finding.code}
    if objects:
        found["objects"] = objects
    found["value"] = code.message.format(*finding.things)
    found["errorCode"] = finding.code
    if code.names:
        found["property"] = code.names[-1] if finding.code == "E7619" else code.names[0]
    return found
