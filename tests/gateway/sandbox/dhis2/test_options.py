"""Tests of the parameters and body of an import: what is read, and what is refused."""

import gzip

import pytest

from gateway.sandbox.dhis2.options import (
    BadParameter,
    Options,
    Unreadable,
    from_query,
    read,
    read_json,
    text,
    with_schemes,
)


def test_parameters_are_read() -> None:
    assert from_query({}) == Options()
    found = from_query({"dryRun": "true", "strategy": "create", "idScheme": "CODE", "x": "y"})
    assert (found.dry_run, found.strategy, found.org_unit_scheme) == (True, "CREATE", "code")
    assert with_schemes(found, {"idScheme": "uid", "orgUnitIdScheme": "name"}) == (
        from_query({"dryRun": "true", "strategy": "create", "orgUnitIdScheme": "name"})
    )


@pytest.mark.parametrize(
    "query", [{"dryRun": "maybe"}, {"importStrategy": "MERGE"}, {"idScheme": "attribute:x"}]
)
def test_a_parameter_that_cannot_be_read(query: dict[str, str]) -> None:
    with pytest.raises(BadParameter):
        from_query(query)


def test_a_body_may_be_gzipped() -> None:
    found = read(gzip.compress(b'{"dataSet": "s", "dataValues": [{"value": 3}]}'))
    assert (found.data_set, found.values) == ("s", ({"value": 3},))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\x1f\x8bx"])
def test_a_body_that_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_json(body)


@pytest.mark.parametrize(
    ("value", "found"), [("a", "a"), ("", None), (None, None), (3, "3"), (True, "true")]
)
def test_a_property_as_dhis2_reads_it(value: object, found: str | None) -> None:
    assert text({"name": value}, "name") == found
