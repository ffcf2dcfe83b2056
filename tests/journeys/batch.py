"""Many reports at once, and what must be true of them in the end, whatever was killed meanwhile."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from gateway.storage.engine import reading
from gateway.storage.tables import inbox, org_units, report_versions, reports
from menus.model.period import Period
from tests.journeys.deployment import EXAMPLE, Agent, Deployment

WORDS = EXAMPLE.split()
BASE = dict(zip(WORDS[::2], WORDS[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Batch:
    """One report of each of these agents, each with numbers of her own."""

    agents: list[Agent]
    month: Period

    def numbers(self, agent: Agent) -> dict[str, str]:
        return BASE | {"VUS": str(45 + agent.number % 60), "DIA": str(11 + agent.number % 30)}

    def texts(self) -> list[tuple[str, str]]:
        """Each agent's phone and what she sends."""
        return [(one.phone, self._text(self.numbers(one))) for one in self.agents]

    def _text(self, numbers: dict[str, str]) -> str:
        pairs = " ".join(f"{code} {number}" for code, number in numbers.items())
        return f"PEC {self.month.month:02d} {pairs}"


def batch(deployment: Deployment, month: Period, count: int) -> Batch:
    return Batch(deployment.agents(count), month)


def assert_nothing_lost(deployment: Deployment, sent: Batch, ids: list[str]) -> None:
    """What was accepted is one row of the inbox each, read; and one version of a report each."""
    with reading(deployment.engine) as connection:
        states = select(inbox.c.provider_id, inbox.c.state).where(inbox.c.provider_id.in_(ids))
        rows = [(row.provider_id, row.state) for row in connection.execute(states)]
        versions = (
            select(org_units.c.code)
            .join(reports, reports.c.site_id == org_units.c.id)
            .join(report_versions, report_versions.c.report_id == reports.c.id)
        )
        stored = Counter(connection.scalars(versions))
    assert sorted(rows) == sorted((one, "read") for one in ids)
    assert {one.site: stored[one.site] for one in sent.agents} == dict.fromkeys(
        (one.site for one in sent.agents), 1
    )
    assert deployment.waiting() == {}


def assert_in_dhis2(deployment: Deployment, sent: Batch, *, writes: int) -> None:
    """Each report's numbers stand in DHIS2, complete, each written at most so often, and never
    by two requests at a time."""
    period, far = sent.month.code, deployment.dhis2
    for agent in sent.agents:
        wanted = {f"ASC_PEC_{code}": number for code, number in sent.numbers(agent).items()}
        assert far.values(agent.dhis2_id, period) == wanted
        assert far.is_complete(agent.dhis2_id, period, "PEC")
    histories = far.histories(period)
    mine = {one.dhis2_id: one for one in sent.agents}
    for place, history in histories.items():
        if place in mine:
            assert max(map(len, history.values())) <= writes
            assert all(len(set(values)) == 1 for values in history.values())
    assert far.sandbox.ledger.overlaps == []


def assert_answered(deployment: Deployment, sent: Batch, *, twice: int = 0) -> None:
    """Each agent has one reply; so many of them, at most, have the same one twice."""
    replies = deployment.operator.replies_by_phone()
    counts = {one.phone: len(replies.get(one.phone, ())) for one in sent.agents}
    assert set(counts.values()) <= ({1, 2} if twice else {1})
    assert sum(count == 2 for count in counts.values()) <= twice
    assert all(len(set(replies[one.phone])) == 1 for one in sent.agents)
