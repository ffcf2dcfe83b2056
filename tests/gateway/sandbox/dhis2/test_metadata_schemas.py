"""Tests of the rules for metadata: there is one for every kind, and it refers to known kinds."""

from gateway.sandbox.dhis2.metadata_schemas import SCHEMAS
from gateway.sandbox.dhis2.state import KINDS


def test_every_kind_has_rules() -> None:
    assert set(KINDS) == set(SCHEMAS)


def test_references_name_kinds() -> None:
    named = {kind for schema in SCHEMAS.values() for kind in schema.references.values()}
    assert named <= set(KINDS)
    assert all(schema.klass.startswith("org.hisp.dhis.") for schema in SCHEMAS.values())
