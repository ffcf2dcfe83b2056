"""Tests of `kibaru validate`: a line for each report, and exit 1 while one is refused."""

import pytest
from sqlalchemy import Engine

from menus.model.catalogue import Catalogue
from tests.gateway.cli.conftest import Kibaru
from tests.gateway.harness import FANTA, ISSA, PEC, Harness


@pytest.fixture
def stored(engine: Engine, catalogue: Catalogue, database_url: str) -> str:
    """Store October's reports of two sites of KANI, one in full and the other not."""
    harness = Harness(engine, catalogue)
    harness.told(PEC.removesuffix(" DCD 0"), FANTA)
    harness.told(PEC, ISSA)
    return database_url


def test_an_area_is_validated_as_far_as_it_is_in_order(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("validate", "KANI", "202610", DATABASE_URL=stored)
    lines = [line for line in done.out.splitlines() if " PEC " in line]
    assert lines == [
        "KOLA PEC 202610: nothing reported",
        "SIRAKORO PEC 202610: validated",
        "TENE PEC 202610: not validated, lacks DCD",
    ]
    assert (done.code, done.err) == (1, "1 not validated\n")


def test_a_site_that_is_in_order_ends_with_0_however_often(kibaru: Kibaru, stored: str) -> None:
    words = [kibaru("validate", "SIRAKORO", "202610", DATABASE_URL=stored) for _ in range(2)]
    assert [done.code for done in words] == [0, 0]
    assert "SIRAKORO PEC 202610: was validated before" in words[1].out
    shown = kibaru("reports", "--period", "202610", "--json", DATABASE_URL=stored).json()
    assert {report["site"]: bool(report["validated_at"]) for report in shown} == {
        "SIRAKORO": True,
        "TENE": False,
    }


def test_an_unknown_code_is_a_fault(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("validate", "NOWHERE", "202610", DATABASE_URL=stored)
    assert (done.code, done.out) == (1, "")
    assert done.err == "no org unit has the code 'NOWHERE' in 202610\n"
