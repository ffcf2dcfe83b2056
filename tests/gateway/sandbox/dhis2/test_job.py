"""Tests of one import: it writes a row with its ledger entry, and nothing in a dry run."""

from gateway.sandbox.dhis2.job import touched
from tests.gateway.sandbox.dhis2.importing import job_of, read
from tests.gateway.sandbox.dhis2.world import DEFAULT, KOLA, SEEN, SET, value, world

PLACE, SLOT = (KOLA, "202610"), (SEEN, DEFAULT, DEFAULT)


def test_a_row_is_written_and_recorded() -> None:
    here = world()
    job = job_of(here)
    for number in ("7", "8"):
        job.put(SET, PLACE, SLOT, number, "", deleted=False)
    job.put(SET, PLACE, SLOT, "", "", deleted=True)
    assert here.stored() is None
    assert [(write.old, write.new) for write in here.sandbox.ledger.writes] == [
        (None, "7"), ("7", "8"), ("8", None),
    ]  # fmt: skip


def test_a_dry_run_writes_nothing() -> None:
    here = world()
    job_of(here, dry_run=True).put(SET, PLACE, SLOT, "7", "", deleted=False)
    assert (here.stored(), here.sandbox.ledger.writes) == (None, [])


def test_force_is_for_superusers() -> None:
    here = world()
    job = job_of(here, force=True)
    assert not job.forced
    here.sandbox.state.authorities.add("ALL")
    assert job.forced


def test_what_a_payload_touches() -> None:
    assert touched(read(value(), value(period="202609"))) == [
        (SET, KOLA, "202609"), (SET, KOLA, "202610"),
    ]  # fmt: skip
    assert touched(read(orgUnit=KOLA, period="202610")) == [(SET, KOLA, "202610")]
