"""In every order of events, each person is told what concerns them, once, in an SMS that fits.

No one is reminded of what was received, or told what is another's.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.storage.engine import connect
from menus.model.catalogue import Catalogue
from tests.gateway.event_orders import AGENT_OUTSIDE, CHEICK, DTC_OUTSIDE, WatchedHarness
from tests.gateway.harness import AWA, FANTA, NANA, PEC, STRANGER, Clock

BEGIN = datetime(2026, 11, 1, 7, tzinfo=UTC)  # October has ended, the first reminder is near
EXAMPLES = 25
NUT = "NUT 10 DEP 150 MAM 4 MAS 2 URE 1 GUE 2 ABD 0 SOD 0 RST 3"
SMI = "SMI 10 VAD 60 CPN 14 VNN 5 NND 0 PIL 6 INJ 8 CDM 40 EDU 4"
STK = (
    "STK 10 BEB 24 ENF {} KIT 60 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20 SAY 15 CAP 100"
)

AGENTS_SAY = (
    PEC, NUT, SMI, STK.format(20), STK.format(0), "COR POS 20", "ANNULE", "OUI", "NON",
    "RUPT ENF", "RCU ENF 20", "REF 14 F PG ART", "PARTI {}", "REFUS {}", "FAIT {}", "ETAT",
)  # fmt: skip
HEAD_SAYS = (
    "RELANCE", "MANQ", "RUPT", "SUIVI", "VAL TOUT 10", "CRF {} A", "CRF {} N", "CRF {} G J3",
    "CRF {} D", "POUR KOLA COR 10 VUS 50",
)  # fmt: skip
DISTRICT_SAYS = ("ETAT", "ETAT KOLA", "RELANCE", "SUIVI", "MANQ")
OTHERS_SAY = ("ETAT KOLA", "CRF {} A", "FAIT {}", "RUPT KOLA", "RELANCE KOLA", "SUIVI", "MANQ TENE")

said = st.one_of(
    st.tuples(st.sampled_from((AWA, FANTA)), st.sampled_from(AGENTS_SAY)),
    st.tuples(st.just(NANA), st.sampled_from(HEAD_SAYS)),
    st.tuples(st.just(CHEICK), st.sampled_from(DISTRICT_SAYS)),
    st.tuples(st.sampled_from((AGENT_OUTSIDE, DTC_OUTSIDE, STRANGER)), st.sampled_from(OTHERS_SAY)),
)
# How much later it is, in minutes, and what the clock does then: nothing (it is down), its turn,
# its turn while another clock has its own, or a turn in which the sender dies.
passing = st.tuples(
    st.sampled_from((1, 60, 540, 1440, 3000)), st.sampled_from(("down", "one", "two", "dies"))
)
Happening = list[tuple[str, str] | tuple[int, str]]
events = st.lists(st.one_of(said, said, passing), min_size=8, max_size=20)


Fresh = Callable[[], AbstractContextManager[WatchedHarness]]


@pytest.fixture(scope="module")
def fresh(sqlite_template: Path, quick_place: Path, catalogue: Catalogue) -> Fresh:
    """Opens a copy of a database with the roster, for one example."""
    path = quick_place / "furnished.db"
    shutil.copyfile(sqlite_template, path)
    with opened(path, catalogue) as watched:
        watched.furnish()

    @contextmanager
    def copied() -> Iterator[WatchedHarness]:
        copy = path.with_name("example.db")
        shutil.copyfile(path, copy)
        with opened(copy, catalogue) as watched:
            yield watched

    return copied


@contextmanager
def opened(path: Path, catalogue: Catalogue) -> Iterator[WatchedHarness]:
    engine = connect(f"sqlite:///{path}")
    try:
        yield WatchedHarness(engine, catalogue, Clock(BEGIN))
    finally:
        engine.dispose()


# What fails is not made shorter, which would take minutes with a database an example.
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(happening=events)
def test_whatever_the_order_everybody_is_told_once_and_what_is_true(
    fresh: Fresh, happening: Happening
) -> None:
    with fresh() as watched:
        for who, what in happening:
            if isinstance(who, int):
                pass_time(watched, who, what)
            else:
                watched.receive(what.format(watched.number()), who)
        for _ in range(4):
            pass_time(watched, 1, "one")
        assert watched.faults == []
        assert watched.told_too_often() == []
        assert_each_message_was_answered(watched, happening)
        assert_no_stock_out_was_told_twice(watched, happening)


def pass_time(watched: WatchedHarness, minutes: int, clock: str) -> None:
    watched.clock.now += timedelta(minutes=minutes)
    watched.leases_end()
    if clock == "down":
        return
    watched.twice, watched.dies = clock == "two", 2 if clock == "dies" else 0
    watched.tick()
    watched.twice, watched.dies = False, 0


def assert_each_message_was_answered(watched: WatchedHarness, happening: Happening) -> None:
    """Once, or twice where the sender died; a stranger once a day at most."""
    asked = Counter(who for who, _ in happening if isinstance(who, str) and who != STRANGER)
    told = Counter(one.phone for one in watched.sent if one not in watched.unasked())
    deaths = sum(what == "dies" for _, what in happening)
    for who, count in asked.items():
        assert count <= told[who] <= count + 16 * deaths, who


def assert_no_stock_out_was_told_twice(watched: WatchedHarness, happening: Happening) -> None:
    """No more often than an agent said that it is out."""
    openings = {"RUPT ENF", STK.format(0)}
    for who, place in ((AWA, "Kola"), (FANTA, "Tene")):
        told = [one for one in watched.unasked() if f"ENF {place}" in _outs_told(one.text)]
        assert max(Counter(one.phone for one in told).values(), default=0) <= sum(
            one[0] == who and one[1] in openings for one in happening
        )


def _outs_told(text: str) -> str:
    return text.partition("Stock proche")[0] if text.startswith("Alerte stock") else ""
