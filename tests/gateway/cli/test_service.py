"""Tests of the commands about the installation as a whole: each ends with its own code."""

from tests.gateway.cli.conftest import Kibaru


def test_check_ends_with_the_number_of_faults(kibaru: Kibaru, sqlite_url: str) -> None:
    done = kibaru("check", DATABASE_URL=sqlite_url, REDIS_URL="redis://127.0.0.1:1/0")
    lines = done.out.splitlines()
    faults = [line for line in lines if line.startswith("FAULT ")]
    assert all(line.startswith(("ok    ", "FAULT ")) for line in lines)
    assert (done.code, done.err) == (1, f"{len(faults)} faults\n")


def test_reports_of_an_empty_month(kibaru: Kibaru, sqlite_url: str) -> None:
    done = kibaru("reports", "--period", "202610", DATABASE_URL=sqlite_url)
    assert (done.code, done.out, done.err) == (0, "", "no reports for this month\n")
    known = kibaru("reports", "--period", "202610", "--site", "RAIN", DATABASE_URL=sqlite_url)
    assert (known.code, known.err) == (1, "no org unit has the code 'RAIN'\n")
