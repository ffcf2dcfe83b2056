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
    """One report of each of these agents, each with its own numbers."""

    agents: list[Agent]
    month: Period

    def numbers(self, agent: Agent) -> dict[str, str]:
        return BASE | {"VUS": str(45 + agent.number % 60), "DIA": str(11 + agent.number % 30)}

    def texts(self) -> list[tuple[str, str]]:
        """Return each agent's phone and message."""
        return [(agent.phone, self._text(self.numbers(agent))) for agent in self.agents]

    def _text(self, numbers: dict[str, str]) -> str:
        pairs = " ".join(f"{code} {number}" for code, number in numbers.items())
        return f"PEC {self.month.month:02d} {pairs}"


def batch(deployment: Deployment, month: Period, count: int) -> Batch:
    return Batch(deployment.agents(count), month)


def assert_nothing_lost(deployment: Deployment, sent: Batch, ids: list[str]) -> None:
    """Assert that each accepted SMS is one inbox row, read, and one version of a report."""
    with reading(deployment.engine) as connection:
        states = select(inbox.c.provider_id, inbox.c.state).where(inbox.c.provider_id.in_(ids))
        rows = [(row.provider_id, row.state) for row in connection.execute(states)]
        versions = (
            select(org_units.c.code)
            .join(reports, reports.c.site_id == org_units.c.id)
            .join(report_versions, report_versions.c.report_id == reports.c.id)
        )
        stored = Counter(connection.scalars(versions))
    assert sorted(rows) == sorted((provider_id, "read") for provider_id in ids)
    assert {agent.site: stored[agent.site] for agent in sent.agents} == dict.fromkeys(
        (agent.site for agent in sent.agents), 1
    )
    assert deployment.waiting() == {}


def assert_in_dhis2(deployment: Deployment, sent: Batch, *, writes: int) -> None:
    """Assert that each report's numbers are in DHIS2, complete, and not written too often.

    A cell is written at most `writes` times, and never by two requests at a time.
    """
    period, dhis2 = sent.month.code, deployment.dhis2
    for agent in sent.agents:
        wanted = {f"ASC_PEC_{code}": number for code, number in sent.numbers(agent).items()}
        assert dhis2.values(agent.dhis2_id, period) == wanted
        assert dhis2.is_complete(agent.dhis2_id, period, "PEC")
    histories = dhis2.histories(period)
    mine = {agent.dhis2_id: agent for agent in sent.agents}
    for place, history in histories.items():
        if place in mine:
            assert max(map(len, history.values())) <= writes
            assert all(len(set(values)) == 1 for values in history.values())
    assert dhis2.sandbox.ledger.overlaps == []


def assert_answered(deployment: Deployment, sent: Batch, *, twice: int = 0) -> None:
    """Assert that each agent has one reply; at most `twice` of them have the same one twice."""
    replies = deployment.operator.replies_by_phone()
    counts = {agent.phone: len(replies.get(agent.phone, ())) for agent in sent.agents}
    assert set(counts.values()) <= ({1, 2} if twice else {1})
    assert sum(count == 2 for count in counts.values()) <= twice
    assert all(len(set(replies[agent.phone])) == 1 for agent in sent.agents)
