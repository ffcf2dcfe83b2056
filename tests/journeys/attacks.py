"""Ways to hurt a house that runs, and to let the time pass that would heal it."""

import signal
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from gateway.storage.engine import reading
from gateway.storage.tables import outbox
from tests.journeys.deployment import Deployment
from tests.journeys.processes import descendants, is_alive, send, wait_for, words_of

AT_WORK = "it is in the middle of a job"


def rq_worker(deployment: Deployment, queue: str) -> int:
    """The process id of the RQ worker of a queue."""

    def found() -> list[int]:
        below = descendants(deployment.programs["worker"].pid)
        return [pid for pid in below if words_of(pid)[-3:-1] == ["--queue", queue]]

    return wait_for(found, f"a worker of {queue}")[0]


def job(deployment: Deployment, queue: str) -> int:
    """The process id of the job that this RQ worker runs at this moment."""
    return wait_for(lambda: descendants(rq_worker(deployment, queue)), f"a job of {queue}")[0]


def kill_job(deployment: Deployment, queue: str) -> None:
    send(job(deployment, queue), signal.SIGKILL)


def kill_rq_worker(deployment: Deployment, queue: str) -> None:
    send(rq_worker(deployment, queue), signal.SIGKILL)


def kill_supervisor(deployment: Deployment, _: str) -> None:
    deployment.programs["worker"].kill()


def kill_all_workers(deployment: Deployment) -> None:
    """As a machine that loses its power: supervisor, RQ workers and jobs, all at once."""
    below = descendants(deployment.programs["worker"].pid)
    deployment.programs["worker"].kill()
    for pid in below:
        send(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, below)), "all workers are dead")


def leases(deployment: Deployment, *kinds: str) -> list[str]:
    """The leases that somebody holds on rows of these kinds."""
    statement = select(outbox.c.lease).where(outbox.c.kind.in_(kinds), outbox.c.lease.is_not(None))
    with reading(deployment.engine) as connection:
        return list(connection.scalars(statement.distinct()))


def unclaimed(deployment: Deployment, kind: str) -> int:
    """How many rows of this kind wait and are in nobody's hands."""
    statement = select(func.count()).where(
        outbox.c.kind == kind, outbox.c.state == "waiting", outbox.c.lease.is_(None)
    )
    with reading(deployment.engine) as connection:
        return connection.scalar(statement) or 0


def let_leases_end(deployment: Deployment, tokens: list[str]) -> None:
    """As if the time of these leases, whose owners are dead, had passed."""
    ended = update(outbox).where(outbox.c.lease.in_(tokens)).values(lease_until=0)
    with deployment.engine.begin() as connection:
        connection.execute(ended)


def let_pauses_end(deployment: Deployment) -> bool:
    """As if the pause had passed after which a reply in doubt is sent again; whether any was."""
    waits = outbox.c.kind == "reply", outbox.c.state == "waiting", outbox.c.unknowns == 1
    due = update(outbox).where(*waits).values(next_at=datetime.now(UTC))
    with deployment.engine.begin() as connection:
        return connection.execute(due).rowcount > 0
