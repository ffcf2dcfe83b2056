"""Tests of `kibaru dhis2 verify`: a line for each cell that differs, and exit 1 for any."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from gateway.sandbox.dhis2 import DEFAULT_TOKEN, create_app
from gateway.sandbox.serving import serving
from menus.model.catalogue import Catalogue
from tests.gateway.cli.conftest import Kibaru
from tests.gateway.harness import PEC, Harness

# A month that has ended by the clock of the machine.
FEBRUARY = datetime(2026, 2, 4, 12, tzinfo=UTC)
MONTH = "202601"


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    harness = Harness(engine, catalogue)
    harness.clock.now = FEBRUARY
    return harness


@pytest.fixture
def context(kibaru: Kibaru, harness: Harness, database_url: str) -> Iterator[dict[str, str]]:
    app = create_app("sql")
    document = kibaru("dhis2", "metadata", "--org-units", DATABASE_URL=database_url).json()
    app.extensions["dhis2"].load(document)
    with serving(app) as url:
        yield {"DATABASE_URL": database_url, "DHIS2_URL": url, "DHIS2_TOKEN": DEFAULT_TOKEN}


def test_nothing_differs_where_nothing_was_reported(
    kibaru: Kibaru, context: dict[str, str]
) -> None:
    done = kibaru("dhis2", "verify", "--period", MONTH, **context)
    assert (done.code, done.out, done.err) == (0, "", "0 cells compared, 0 differ\n")


def test_what_differs_is_told_and_made_due(
    kibaru: Kibaru, harness: Harness, context: dict[str, str]
) -> None:
    harness.told(PEC.replace("PEC 10", "PEC 01"))
    harness.change_rows("dhis2", state="sent", next_at=None)
    done = kibaru("dhis2", "verify", "--period", MONTH, **context)
    assert (done.code, done.err) == (1, "13 cells compared, 13 differ\n")
    assert "KOLA PEC 202601 POS: DHIS2 holds nothing, accepted is 28\n" in done.out
    assert harness.only("dhis2").state == "sent"
    again = kibaru("dhis2", "verify", "--period", MONTH, "--repair", **context)
    assert (again.code, again.out) == (1, done.out)
    assert again.err.endswith("1 forwards due now\n")
    assert harness.only("dhis2").state == "waiting"
    waits = kibaru("dhis2", "verify", "--period", MONTH, **context)
    assert "POS: DHIS2 holds nothing, accepted is 28 (waiting)\n" in waits.out


def test_a_server_that_cannot_be_read_is_a_fault(
    kibaru: Kibaru, harness: Harness, context: dict[str, str]
) -> None:
    harness.told(PEC.replace("PEC 10", "PEC 01"))
    done = kibaru("dhis2", "verify", "--period", MONTH, **{**context, "DHIS2_TOKEN": "d2pat_wrong"})
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("DHIS2 cannot be read: http_400")
    unset = kibaru("dhis2", "verify", "--period", MONTH, DATABASE_URL=context["DATABASE_URL"])
    assert (unset.code, unset.err) == (1, "DHIS2_URL and an account are not set\n")
