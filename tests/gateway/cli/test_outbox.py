"""Tests of `kibaru outbox`: what waits or was refused, and making it due at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.diagnostics.refusal_advice import hint
from gateway.model.uids import uid
from gateway.storage.engine import connect
from gateway.storage.tables import org_units, outbox
from tests.gateway.cli.conftest import Kibaru

CREATED = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
LATER = datetime(2040, 1, 1, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "kind": "reply", "state": "waiting", "attempts": 0, "next_at": CREATED},
    {"id": 2, "kind": "reply", "state": "sent", "attempts": 1, "next_at": None},
    {"id": 3, "kind": "reply", "state": "unknown", "attempts": 2, "reason": "timeout"},
    {"id": 4, "kind": "dhis2", "state": "refused", "attempts": 1, "reason": "E7619"},
    {"id": 5, "kind": "dhis2", "state": "waiting", "attempts": 3, "reason": "http_503",
     "detail": "away", "next_at": LATER},
    {"id": 6, "kind": "dhis2", "state": "sending", "attempts": 1, "next_at": CREATED},
]  # fmt: skip
PEC_DATA_SET = uid("dataSet", "PEC")
OF_PEC = {"form": "PEC", "period": "202610"}
NO_TEXT = {"phone": "+22370000001", "text": "secretword"}


@pytest.fixture
def stored(kibaru: Kibaru, roster: list[str], sqlite_url: str) -> str:
    """Return the URL of a SQLite with ROWS in its outbox."""
    return fill(kibaru, roster, sqlite_url)


def fill(kibaru: Kibaru, roster: list[str], database_url: str) -> str:
    """Store ROWS, all of them KANI's October; return the URL again."""
    assert kibaru("roster", "import", *roster, DATABASE_URL=database_url).code == 0
    engine = connect(database_url)
    with engine.begin() as connection:
        unit = connection.scalar(select(org_units.c.id).where(org_units.c.code == "KANI"))
        for row in ROWS:
            rest = {"key": f"row:{row['id']}", "created_at": CREATED, "unit_id": unit}
            connection.execute(outbox.insert(), {**row, **rest, **OF_PEC, **NO_TEXT})
    engine.dispose()
    return database_url


def states(database_url: str) -> dict[int, tuple[str, int, bool]]:
    """Return state, attempts and whether it is due, of every row."""
    now = datetime.now(UTC)  # the command's own clock is the real one
    engine = connect(database_url)
    with engine.connect() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    engine.dispose()
    soon = now + timedelta(minutes=1)
    return {
        row.id: (row.state, row.attempts, bool(row.next_at and row.next_at < soon)) for row in rows
    }


def test_programs_get_what_is_not_sent(
    kibaru: Kibaru, roster: list[str], database_url: str
) -> None:
    stored = fill(kibaru, roster, database_url)
    done = kibaru("outbox", "list", "--json", DATABASE_URL=stored)
    assert (done.code, done.err) == (0, "")
    rows = done.json()
    assert [row["id"] for row in rows] == [1, 3, 4, 5, 6]
    assert rows[3] == {
        "id": 5,
        "kind": "dhis2",
        "site": "KANI",
        "form": "PEC",
        "period": "202610",
        "state": "waiting",
        "reason": "http_503",
        "detail": "away",
        "attempts": 3,
        "next_at": "2040-01-01T00:00:00Z",
    }
    assert rows[0]["reason"] is None
    assert "secretword" not in done.out
    assert "70000001" not in done.out
    assert kibaru("outbox", "retry", "--all", DATABASE_URL=stored).out == "3 due now\n"


def test_people_get_a_line_each(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("outbox", "list", DATABASE_URL=stored)
    assert done.code == 0
    assert done.out.splitlines()[2:4] == [
        "4 dhis2 KANI PEC 202610: refused (E7619), tried 1x",
        "5 dhis2 KANI PEC 202610: waiting (http_503), tried 3x, again at 2040-01-01T00:00:00Z",
    ]


def test_an_empty_outbox(kibaru: Kibaru, sqlite_url: str) -> None:
    done = kibaru("outbox", "list", DATABASE_URL=sqlite_url)
    assert (done.code, done.out, done.err) == (0, "", "nothing waits\n")
    assert kibaru("outbox", "list", "--json", DATABASE_URL=sqlite_url).json() == []
    everything = kibaru("outbox", "retry", "--all", DATABASE_URL=sqlite_url)
    assert (everything.code, everything.out) == (0, "0 due now\n")


@pytest.mark.parametrize(
    ("words", "due", "told"),
    [
        (["--all"], {1, 4, 5}, ""),
        (["5"], {5}, ""),
        (["5", "4", "4"], {4, 5}, ""),
        (["3"], {3}, ""),
        (["2"], set(), "neither waiting nor refused: 2\n"),
        (["6"], set(), "neither waiting nor refused: 6\n"),
        (["404", "5", "9223372036854775807"], {5},
         "neither waiting nor refused: 404, 9223372036854775807\n"),
    ],
    ids=str,
)  # fmt: skip
def test_rows_are_made_due(
    kibaru: Kibaru, stored: str, words: list[str], due: set[int], told: str
) -> None:
    before = states(stored)
    done = kibaru("outbox", "retry", *words, DATABASE_URL=stored)
    assert (done.code, done.out, done.err) == (int(bool(told)), f"{len(due)} due now\n", told)
    after = states(stored)
    assert {row: after[row] for row in due} == dict.fromkeys(due, ("waiting", 0, True))
    untouched = before.keys() - due
    assert {row: after[row] for row in untouched} == {row: before[row] for row in untouched}


def test_what_was_refused_is_told_by_reason(kibaru: Kibaru, stored: str) -> None:
    done = kibaru("outbox", "list", "--refused", DATABASE_URL=stored)
    assert done.code == 0
    assert done.out.splitlines() == [
        "1 E7619: the number does not fit the data element's value type",
        f"    {hint('E7619')}; then `kibaru outbox retry --reason E7619`",
    ]
    (group,) = kibaru("outbox", "list", "--refused", "--json", DATABASE_URL=stored).json()
    assert (group["reason"], group["count"], group["ids"]) == ("E7619", 1, [4])
    kibaru("outbox", "retry", "4", DATABASE_URL=stored)
    nothing = kibaru("outbox", "list", "--refused", DATABASE_URL=stored)
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "nothing was refused\n")


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["--reason", "E7619"], {4}),
        (["--reason", "E7640"], set()),
        (["--form", "PEC"], {1, 4, 5}),
        (["--form", "PEC", "--reason", "http_503"], {5}),
        (["--form", "NUT"], set()),
        (["--data-set", PEC_DATA_SET, "--reason", "E7619"], {4}),
        (["--period", "202610"], {1, 4, 5}),
        (["--period", "202609"], set()),
    ],
    ids=str,
)
def test_rows_are_made_due_by_what_they_have_in_common(
    kibaru: Kibaru, stored: str, words: list[str], due: set[int]
) -> None:
    before = states(stored)
    done = kibaru("outbox", "retry", *words, DATABASE_URL=stored)
    assert (done.code, done.out, done.err) == (0, f"{len(due)} due now\n", "")
    after = states(stored)
    changed = {row for row in after if after[row] != before[row]}
    assert changed == due - {1}  # which was due already


@pytest.mark.parametrize(
    "words", [["1", "--reason", "E7619"], ["--all", "--form", "PEC"], ["--form", "NONE"]], ids=str
)
def test_a_choice_that_contradicts_itself_is_wrong_usage(
    kibaru: Kibaru, stored: str, words: list[str]
) -> None:
    done = kibaru("outbox", "retry", *words, DATABASE_URL=stored)
    assert (done.code, done.out) == (2, "")
