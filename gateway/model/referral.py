"""A referral's states, and which move leads from one to the next. Pure.

A sick person is sent to the health centre (REF). The centre says what became of them (CRF), the
agent whether they left (PARTI), would not go (REFUS) and were visited afterwards (FAIT); the
calendar closes what nobody answers, and ANNULE takes back what was sent by mistake.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gateway.model.uids import uid


class ReferralState(StrEnum):
    """Where a referral stands."""

    SENT = "sent"
    """Registered; nobody has said anything since."""
    LEFT = "left"
    """On the way, says the agent."""
    DECLINED = "declined"
    """Did not leave: a refusal, or no transport."""
    ARRIVED = "arrived"
    """At the centre; what became of them is not known yet."""
    HOSPITALISED = "hospitalised"
    """Kept at the centre, or sent on to the district's hospital."""
    TREATED = "treated"
    """Treated and sent home, with a day for the agent's visit."""
    DIED = "died"
    NOT_ARRIVED = "not_arrived"
    """The centre says that nobody came."""
    UNANSWERED = "unanswered"
    """Closed by the calendar."""
    WITHDRAWN = "withdrawn"
    """Taken back by the agent."""


class ReferralStep(StrEnum):
    """What somebody says of a referral."""

    ARRIVED = "A"
    HOSPITALISED = "H"
    TREATED = "G"
    DIED = "D"
    NOT_ARRIVED = "N"
    LEFT = "PARTI"
    DECLINED = "REFUS"
    FOLLOWED_UP = "FAIT"
    WITHDRAWN = "ANNULE"


S = ReferralState
OUTCOMES: Final = frozenset({S.HOSPITALISED, S.TREATED, S.DIED})
AT_THE_CENTRE: Final = OUTCOMES | {S.ARRIVED}
# What is known at the centre is not unsaid by the agent, and nothing follows a withdrawal.
_BEFORE_ARRIVAL: Final = frozenset({S.SENT, S.LEFT, S.DECLINED, S.NOT_ARRIVED, S.UNANSWERED})
_EVERY: Final = _BEFORE_ARRIVAL | AT_THE_CENTRE

# Which states a step may start from, and where it leads. The centre's last word counts, so that
# it can correct itself; but who was treated has arrived, and a second `A` takes nothing back
# except a death that was none.
MOVES: Final[Mapping[ReferralStep, tuple[frozenset[ReferralState], ReferralState]]] = {
    ReferralStep.ARRIVED: (_BEFORE_ARRIVAL | {S.DIED}, S.ARRIVED),
    ReferralStep.HOSPITALISED: (_EVERY - {S.HOSPITALISED}, S.HOSPITALISED),
    ReferralStep.TREATED: (_EVERY, S.TREATED),
    ReferralStep.DIED: (_EVERY - {S.DIED}, S.DIED),
    ReferralStep.NOT_ARRIVED: (_EVERY - {S.NOT_ARRIVED}, S.NOT_ARRIVED),
    ReferralStep.LEFT: (frozenset({S.SENT, S.DECLINED, S.NOT_ARRIVED}), S.LEFT),
    ReferralStep.DECLINED: (_BEFORE_ARRIVAL - {S.DECLINED}, S.DECLINED),
    ReferralStep.FOLLOWED_UP: (frozenset({S.TREATED}), S.TREATED),
    ReferralStep.WITHDRAWN: (_BEFORE_ARRIVAL, S.WITHDRAWN),
}
FROM_THE_CENTRE: Final = frozenset(
    {
        ReferralStep.ARRIVED,
        ReferralStep.HOSPITALISED,
        ReferralStep.TREATED,
        ReferralStep.DIED,
        ReferralStep.NOT_ARRIVED,
    }
)
# Open are those of whom more must be heard: where the sick person is, or what became of them.
OPEN: Final = frozenset({S.SENT, S.LEFT, S.ARRIVED, S.NOT_ARRIVED})


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral as stored; there is no identity in it.

    `number` is unique within the facility (or the site, where it has none) for a year. Times
    are those of the messages' sending, but `changed_at`, which is ours. `outcome_at` is when the
    centre last spoke. `age_months` is None for adults, and after a while for everybody.
    `chased` counts how often the calendar has asked after it.
    """

    site_id: int
    facility_id: int | None
    post_id: int
    inbox_id: int | None
    number: str
    age_months: int | None
    sex: str
    reason: str
    treatments: tuple[str, ...]
    made_at: datetime
    changed_at: datetime
    state: ReferralState = ReferralState.SENT
    version: int = 1
    left_at: datetime | None = None
    arrived_at: datetime | None = None
    outcome_at: datetime | None = None
    follow_up_on: date | None = None
    followed_up_at: datetime | None = None
    closed_at: datetime | None = None
    chased: int = 0
    id: int = 0

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def move(
    referral: Referral,
    step: ReferralStep,
    said_at: datetime,
    now: datetime,
    *,
    follow_up: date | None,
) -> Referral | None:
    """The referral after this step, said at `said_at`; None where it changes nothing.

    What the centre said before its last word, and only reached us now, changes nothing either.
    `follow_up` is the day of the visit that goes with TREATED.
    """
    starts, to = MOVES[step]
    from_centre = step in FROM_THE_CENTRE
    old = from_centre and referral.outcome_at is not None and said_at < referral.outcome_at
    if referral.state not in starts or old:
        return None
    if step is ReferralStep.LEFT and referral.state is ReferralState.NOT_ARRIVED:
        to = (
            ReferralState.NOT_ARRIVED
        )  # whom the centre does not see may be on the way: both are true
    moved = replace(referral, state=to, closed_at=_closing(referral, to, said_at))
    if from_centre:
        moved = _at_the_centre(moved, step, said_at, follow_up)
    if step is ReferralStep.LEFT:
        moved = replace(moved, left_at=referral.left_at or said_at)
    if step is ReferralStep.FOLLOWED_UP:
        moved = replace(moved, followed_up_at=referral.followed_up_at or said_at)
    if replace(moved, outcome_at=referral.outcome_at) == referral:
        return None
    return _changed(moved, now)


def close_unanswered(referral: Referral, now: datetime) -> Referral:
    """Closed by the calendar. Who is known to have arrived, or not to have, stays that."""
    state = referral.state if referral.outcome_at is not None else ReferralState.UNANSWERED
    return _changed(replace(referral, state=state, closed_at=now), now)


def numbers(key: str) -> Iterator[str]:
    """All four-digit numbers, in an order that `key` decides; none begins with a zero.

    The caller takes the first one that is free at its facility.
    """
    first, step = 1000, 7919  # a prime that does not divide 9000, so each number comes once
    start = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    for turn in range(9000):
        yield str(first + (start + turn * step) % 9000)


def event_uid(site_code: str, referral: Referral) -> str:
    """The UID of its event in DHIS2. It holds nothing that a restored backup could repeat:
    DHIS2 never takes a UID again that was deleted (E1082)."""
    return uid("event", f"{site_code}/{referral.made_at.isoformat()}/{referral.number}")


def _at_the_centre(
    moved: Referral, step: ReferralStep, said_at: datetime, follow_up: date | None
) -> Referral:
    """What the centre says replaces what it said before; a visit goes with TREATED alone."""
    treated = step is ReferralStep.TREATED
    return replace(
        moved,
        outcome_at=said_at,
        arrived_at=None if step is ReferralStep.NOT_ARRIVED else moved.arrived_at or said_at,
        # Whoever did arrive, and now did not, is looked for again.
        chased=min(moved.chased, 1) if step is ReferralStep.NOT_ARRIVED else moved.chased,
        follow_up_on=follow_up if treated else None,
        followed_up_at=moved.followed_up_at if treated else None,
    )


def _closing(referral: Referral, to: ReferralState, said_at: datetime) -> datetime | None:
    if to in OPEN:
        return None
    return said_at if referral.state is not to or referral.closed_at is None else referral.closed_at


def _changed(referral: Referral, now: datetime) -> Referral:
    return replace(referral, version=referral.version + 1, changed_at=now)
