"""Under every fault of DHIS2, its ledger ends as what was accepted.

No cell is written more often than the fault explains. Corrections and withdrawals are part of
each story.

October is in DHIS2. Then the fault: Awa corrects a number twice and takes the second back;
Fanta and Issa, who share the cells of their facility, withdraw their reports. The forwarder
tries twice meanwhile. The fault ends, the person who could mend a refusal has done so, and DHIS2
must hold Awa's newest numbers and nothing of the facility.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from gateway.dhis2.metadata import field_target
from gateway.model.report import Status
from gateway.sandbox.dhis2 import Kind
from gateway.sandbox.dhis2.faults import STANDING
from gateway.sandbox.dhis2.model import InputPeriod
from gateway.storage import outbox
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import AWA, FANTA, ISSA, OCTOBER, PEC, Harness

VERSIONS: Final = 2  # of a place: October as it was, and as it ends
TRIES: Final = 2  # of the forwarder while the fault holds
ROUNDS: Final = 8  # of the forwarder afterwards, within which all must have moved
NEWEST: Final = {**HELD, "DIA": "12"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault, its switch's settings, and what it explains.

    `written` is how often one cell may be written by requests that the fault struck; `let_by`
    how many versions more may leave while it holds, since it does not strike them all.
    """

    kind: Kind
    written: int = 0
    let_by: int = 0
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.kind.value


KOLA: Final = "KolaSite001"

TROUBLES: Final = (
    *(Trouble(kind) for kind in (Kind.DOWN, Kind.TOO_MANY, Kind.LOGIN, Kind.MOVED, Kind.HTML)),
    *(Trouble(kind) for kind in (Kind.ERROR, Kind.UNAUTHORIZED, Kind.PAT_EXPIRED, Kind.PAT_BAD)),
    Trouble(Kind.PAT_FIRST, let_by=TRIES),
    # Two rows of thirteen cells are too much for the proxy, one row is not.
    Trouble(Kind.TOO_LARGE, let_by=TRIES, settings={"limit": 3000}),
    Trouble(Kind.DROP),
    # What was written and not answered may be written again, once for each try.
    *(Trouble(kind, written=TRIES) for kind in (Kind.RESET, Kind.LATE, Kind.CUT, Kind.CRASH)),
    # All others are written while one unit, or one data element, is refused.
    *(
        Trouble(kind, written=TRIES, settings={"where": KOLA})
        for kind in (Kind.LOCKED, Kind.TOO_EARLY, Kind.APPROVED, Kind.INPUT_PERIOD)
    ),
    *(
        Trouble(kind, written=TRIES, settings={"where": KOLA})
        for kind in (Kind.UNIT_CLOSED, Kind.UNASSIGNED, Kind.OUTSIDE, Kind.OPTION_UNIT)
    ),
    Trouble(Kind.VALUE_TYPE, written=TRIES, settings={"where": "DIA"}),
    *(Trouble(kind, written=TRIES) for kind in (Kind.COMPULSORY, Kind.INVERTED)),
    *(Trouble(kind) for kind in (Kind.NO_AUTHORITY, Kind.NO_SHARING)),
    *(Trouble(kind) for kind in (Kind.OPTION_SHARING, Kind.OPTION_PERIOD)),
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_the_ledger_ends_as_what_was_accepted(
    harness: Harness, dhis2: FarSide, trouble: Trouble
) -> None:
    go_through(harness, dhis2, trouble)


def test_a_server_that_is_slower_than_our_patience_explains_one_write_more(
    harness: Harness, impatient: FarSide
) -> None:
    # The lease of what was lost is kept, so that the second try finds nothing to send.
    go_through(harness, impatient, Trouble(Kind.SLOW, written=1))


def test_a_zero_that_dhis2_does_not_keep_is_as_good_as_in(harness: Harness, dhis2: FarSide) -> None:
    switch_on(dhis2, Trouble(Kind.ZEROS, settings={"where": "DCD"}))
    say(harness, (AWA, PEC))
    dhis2.send()
    dhis2.sandbox.trim()
    assert dhis2.held() == {code: one for code, one in HELD.items() if code != "DCD"}
    assert harness.report().status is Status.FORWARDED
    dhis2.recover()
    assert dhis2.send() == 0
    say(harness, (AWA, "ANNULE"), (AWA, "OUI"))
    drain(harness, dhis2)
    assert (dhis2.held(), dhis2.completed()) == ({}, None)


def go_through(harness: Harness, dhis2: FarSide, trouble: Trouble) -> None:
    """The story at the top of this file, and how it must end."""
    say(harness, (AWA, PEC), (FANTA, PEC), (ISSA, PEC))
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"

    switch_on(dhis2, trouble)
    say(harness, (AWA, "PEC 10 DIA 12"), (FANTA, "ANNULE"), (FANTA, "OUI"))
    dhis2.send()
    say(harness, (AWA, "PEC 10 DIA 13"), (ISSA, "ANNULE"), (ISSA, "OUI"))
    dhis2.send()
    say(harness, (AWA, "ANNULE"), (AWA, "OUI"))
    dhis2.recover()
    drain(harness, dhis2)

    assert dhis2.held() == NEWEST
    assert dhis2.held("KaniFacil01") == {}
    assert (dhis2.completed() is None, dhis2.completed("KaniFacil01")) == (False, None)
    assert harness.report().status is Status.FORWARDED
    assert harness.report("TENE").status is Status.WITHDRAWN
    assert_explained(dhis2, trouble)


def switch_on(dhis2: FarSide, trouble: Trouble) -> None:
    """Turns it on; `where` may be a code of the form PEC."""
    if trouble.kind not in STANDING and not trouble.settings:
        dhis2.fail(trouble.kind)
        return
    settings, form = dict(trouble.settings), dhis2.harness.catalogue.forms["PEC"]
    if settings.get("where") in {one.code for one in form.fields}:
        target = field_target(form, settings["where"])
        assert target is not None
        settings["where"] = target[0]
    if trouble.kind is Kind.INVERTED:
        with dhis2.sandbox.held() as state:
            for uid, one in state.data_sets.items():
                always = {OCTOBER: InputPeriod(None, None)}
                state.data_sets[uid] = replace(one, input_periods=always)
    dhis2.sandbox.faults.set(trouble.kind, **settings)


def say(harness: Harness, *messages: tuple[str, str]) -> None:
    for phone, text in messages:
        harness.clock.advance(minutes=2)
        harness.receive(text, phone)
    harness.read()


def drain(harness: Harness, dhis2: FarSide) -> None:
    """The fault is over: what was refused is tried again, as a person would, and time passes."""
    for _ in range(ROUNDS):
        open_rows = [row for row in harness.rows("dhis2") if row.state != "sent"]
        if not open_rows:
            return
        with harness.engine.begin() as connection:
            ids = [row.id for row in open_rows if row.state != "sending"]
            outbox.retry(connection, ids, harness.clock.now)
        harness.clock.now += timedelta(minutes=3)
        dhis2.send()
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


def assert_explained(dhis2: FarSide, trouble: Trouble) -> None:
    """Each cell ends as it should, and was written once a version, and once a lost answer."""
    sound: Counter[tuple[str, str]] = Counter()
    struck: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], str | None] = {}
    with dhis2.sandbox.held():
        for write in dhis2.sandbox.ledger.writes:
            cell = (write.place[0], write.slot[0])
            assert write.place[1] == OCTOBER
            (struck if write.request.fault else sound)[cell] += 1
            last[cell] = write.new
    assert dhis2.sandbox.ledger.overlaps == []
    kani = {value for (unit, _), value in last.items() if unit == "KaniFacil01"}
    assert kani == {None}
    kola = sorted(value for (unit, _), value in last.items() if unit == KOLA if value)
    assert kola == sorted(NEWEST.values())
    assert max(sound.values()) <= VERSIONS + trouble.let_by
    assert max(struck.values(), default=0) <= trouble.written
