"""A referral, its states, and the steps from one state to the next. Pure.

A sick person is sent to the health centre (REF). The centre reports the outcome (CRF), the agent
whether the person left (PARTI), declined to go (REFUS) and was visited afterwards (FAIT); the
calendar closes unanswered referrals, and ANNULE withdraws a referral sent by mistake.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gateway.model.uids import uid


class ReferralState(StrEnum):
    """The state of a referral."""

    SENT = "sent"
    """Registered; no news since."""
    LEFT = "left"
    """On the way, according to the agent."""
    DECLINED = "declined"
    """Did not leave: a refusal, or no transport."""
    ARRIVED = "arrived"
    """At the centre; the outcome is not known yet."""
    HOSPITALISED = "hospitalised"
    """Kept at the centre, or sent on to the district's hospital."""
    TREATED = "treated"
    """Treated and sent home, with a day for the agent's visit."""
    DIED = "died"
    NOT_ARRIVED = "not_arrived"
    """Did not arrive, according to the centre."""
    UNANSWERED = "unanswered"
    """Closed by the calendar."""
    WITHDRAWN = "withdrawn"
    """Withdrawn by the agent."""


class ReferralStep(StrEnum):
    """The news of a referral by the centre or the agent, as a step to its next state."""

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
# The agent cannot change what is known at the centre, and nothing follows a withdrawal.
_BEFORE_ARRIVAL: Final = frozenset({S.SENT, S.LEFT, S.DECLINED, S.NOT_ARRIVED, S.UNANSWERED})
_EVERY: Final = _BEFORE_ARRIVAL | AT_THE_CENTRE

# The states that a step may start from, and the state it leads to. The centre's last news counts,
# so that the centre can correct itself; but a treated person has arrived, and a second `A` takes
# nothing back except a death reported by mistake.
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
# The states that need more news: where the sick person is, or the outcome.
OPEN: Final = frozenset({S.SENT, S.LEFT, S.ARRIVED, S.NOT_ARRIVED})


@dataclass(frozen=True, slots=True)
class Referral:
    """A stored referral; it holds no identity of a patient.

    `number` is unique within the facility (or the site, where it has none) for a year. Times
    are those at which messages were sent, except `changed_at`, which is the gateway's.
    `outcome_at` is the time of the centre's last news. `age_months` is None for adults, and for
    all once the age is dropped. `chased` counts how often the calendar has followed it up.
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
        """Return whether the referral is not closed yet."""
        return self.closed_at is None


def move(
    referral: Referral,
    step: ReferralStep,
    said_at: datetime,
    now: datetime,
    *,
    follow_up: date | None,
) -> Referral | None:
    """Return the referral after this step, sent at `said_at`; None where it changes nothing.

    A message of the centre that was sent before its last news, and arrives later, changes nothing
    either. `follow_up` is the day of the visit that goes with TREATED.
    """
    starts, to = MOVES[step]
    from_centre = step in FROM_THE_CENTRE
    old = from_centre and referral.outcome_at is not None and said_at < referral.outcome_at
    if referral.state not in starts or old:
        return None
    if step is ReferralStep.LEFT and referral.state is ReferralState.NOT_ARRIVED:
        to = (
            ReferralState.NOT_ARRIVED
        )  # the person may be on the way and not yet seen by the centre
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
    """Return the referral closed by the calendar.

    A state reported by the centre stays; any other becomes UNANSWERED.
    """
    state = referral.state if referral.outcome_at is not None else ReferralState.UNANSWERED
    return _changed(replace(referral, state=state, closed_at=now), now)


def numbers(key: str) -> Iterator[str]:
    """Yield all four-digit numbers in an order that depends on `key`; none begins with a zero.

    The caller takes the first number that is free at its facility.
    """
    first, step = 1000, 7919  # a prime that does not divide 9000, so each number comes once
    start = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    for turn in range(9000):
        yield str(first + (start + turn * step) % 9000)


def event_uid(site_code: str, referral: Referral) -> str:
    """Return the UID of a referral's event in DHIS2.

    It depends on nothing that a restored backup could repeat: DHIS2 never accepts a UID again
    that was deleted (E1082).
    """
    return uid("event", f"{site_code}/{referral.made_at.isoformat()}/{referral.number}")


def _at_the_centre(
    moved: Referral, step: ReferralStep, said_at: datetime, follow_up: date | None
) -> Referral:
    """Replace the centre's earlier news by its new news; a visit goes with TREATED alone."""
    treated = step is ReferralStep.TREATED
    return replace(
        moved,
        outcome_at=said_at,
        arrived_at=None if step is ReferralStep.NOT_ARRIVED else moved.arrived_at or said_at,
        # A person who had arrived according to the centre, and now has not, is followed up again.
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
