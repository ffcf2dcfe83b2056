"""An import at work on the world, for tests of the importers' parts."""

import json
from typing import Any

from gateway.sandbox.dhis2 import options
from gateway.sandbox.dhis2.faults import Standing
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.legacy import _row
from gateway.sandbox.dhis2.legacy_checks import Row, Sheet
from gateway.sandbox.dhis2.options import Options, Payload
from tests.gateway.sandbox.dhis2.world import SET, World, payload, world


def job_of(here: World, **given: Any) -> Job:
    """Return an import by the account, with these options and no fault."""
    request = here.sandbox.ledger.start("token", "POST", "/api/dataValueSets", 0.0)
    return here.sandbox.job(request, Options(**given), Standing())


def read(*values: dict[str, Any], **header: Any) -> Payload:
    """Return a payload as the importers get it."""
    return options.read(json.dumps(payload(*values, **header)).encode())


def sheet_of(raw: dict[str, Any], *, data_set: str = SET, **given: Any) -> tuple[Sheet, Row]:
    """Return a payload of one value and that value, as the legacy importer sees them."""
    here = world()
    sheet = Sheet(job_of(here, **given), read(raw), here.sandbox.state.data_sets[data_set])
    return sheet, _row(sheet, raw)
